import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Answer, get } from "./client.ts";
import { ApiError } from "./error.ts";
import { key } from "./key.ts";
import { usePoll } from "./use_poll.ts";

// The time for which a list follows pages that are empty, in milliseconds.
const patience = 2000;

export interface List<T> {
  // Undefined until the first page has come.
  rows: T[] | undefined;
  error: ApiError | undefined;
  loading: boolean;
  // True if there are further pages.
  more: boolean;
  // The ids of rows that do not match the filters any more.
  gone: Set<string>;
  // The number of rows that came after the list was shown, and wait.
  fresh: number;
  reload: () => Promise<void>;
  loadMore: () => Promise<void>;
  showFresh: () => void;
}

interface State<T> {
  path: string;
  rows?: T[];
  next: string;
  error?: ApiError | undefined;
  loading: boolean;
  // The first page that was fetched last, if it has rows that the list lacks.
  newest?: { rows: T[]; next: string } | undefined;
  gone?: Set<string>;
}

// Follows empty pages, as a filter can match nothing for long.
async function fetchPage<T>(path: string, stop: AbortSignal): Promise<Answer<T[]>> {
  const end = Date.now() + patience;
  let page = await get<T[]>(path, stop);
  while (page.data.length === 0 && page.next && Date.now() < end) {
    page = await get<T[]>(page.next, stop);
  }
  return page;
}

// Replaces rows by newer states of them. Returns also the number of rows in
// `newest` that `rows` lacks.
function merge<T>(rows: T[], newest: T[], idOf: (row: T) => string): [T[], number] {
  const states = new Map(newest.map((row) => [idOf(row), row]));
  const merged = rows.map((row) => states.get(idOf(row)) ?? row);
  const known = new Set(rows.map(idOf));
  return [merged, newest.filter((row) => !known.has(idOf(row))).length];
}

// Returns the ids of rows that the newest page should have and lacks: they do not
// match the filters any more.
function vanished<T>(rows: T[], page: Answer<T[]>, idOf: (row: T) => string): Set<string> {
  const found = new Set(page.data.map(idOf));
  const oldest = page.data.at(-1);
  const reached = oldest ? rows.findIndex((row) => idOf(row) === idOf(oldest)) : -1;
  const covered = page.next ? rows.slice(0, reached + 1) : rows;
  return new Set(covered.map(idOf).filter((id) => !found.has(id)));
}

// Lists `path`, page by page. Looks every `seconds` for changed rows, which are
// replaced in their places, and for new ones, which wait to be shown (0: never).
export function useList<T>(path: string, idOf: (row: T) => string, seconds = 0): List<T> {
  const [state, setState] = useState<State<T>>({ path, next: "", loading: true });
  const running = useRef<AbortController | undefined>(undefined);
  const current = key.value;

  // Runs one call for the list; a later one ends it.
  const run = useCallback(
    async (work: (stop: AbortSignal) => Promise<(old: State<T>) => State<T>>): Promise<void> => {
      running.current?.abort();
      if (key.value === null) return;
      const stop = new AbortController();
      running.current = stop;
      try {
        const change = await work(stop.signal);
        if (!stop.signal.aborted) setState(change);
      } catch (error) {
        if (stop.signal.aborted || !(error instanceof ApiError)) return;
        setState((old) => ({ ...(old.path === path ? old : { path, next: "" }), error, loading: false }));
      }
    },
    [path],
  );

  const load = useCallback(() => {
    setState((old) => (old.path === path ? { ...old, loading: true } : { path, next: "", loading: true }));
    return run(async (stop) => {
      const page = await fetchPage<T>(path, stop);
      return () => ({ path, rows: page.data, next: page.next, loading: false });
    });
  }, [path, run]);

  const loadMore = () => {
    setState((old) => ({ ...old, loading: true }));
    return run(async (stop) => {
      const page = await fetchPage<T>(state.next, stop);
      return (old) => {
        const [rows] = merge(old.rows ?? [], page.data, idOf);
        const known = new Set(rows.map(idOf));
        const added = page.data.filter((row) => !known.has(idOf(row)));
        return { path, rows: [...rows, ...added], next: page.next, loading: false, newest: old.newest };
      };
    });
  };

  const look = () => {
    if (!state.rows || state.loading) return load();
    return run(async (stop) => {
      const page = await get<T[]>(path, stop);
      return (old) => {
        const [rows, fresh] = merge(old.rows ?? [], page.data, idOf);
        const newest = { rows: page.data, next: page.next };
        const gone = vanished(rows, page, idOf);
        return { path, rows, next: old.next, loading: false, newest: fresh ? newest : undefined, gone };
      };
    });
  };

  // Keeps the older rows if the newest page reaches them.
  const showFresh = () =>
    setState((old) => {
      if (!old.newest) return old;
      const shown = new Set(old.newest.rows.map(idOf));
      const older = (old.rows ?? []).filter((row) => !shown.has(idOf(row)));
      const joined = older.length < (old.rows ?? []).length || !old.newest.next;
      return {
        path,
        rows: joined ? [...old.newest.rows, ...older] : old.newest.rows,
        next: joined ? old.next : old.newest.next,
        loading: false,
      };
    });

  useEffect(() => {
    void load();
    return () => running.current?.abort();
  }, [load, current]);
  usePoll(look, seconds);

  const same = state.path === path;
  const rows = same ? state.rows : undefined;
  return {
    rows,
    error: same ? state.error : undefined,
    loading: same ? state.loading : true,
    more: same && state.next !== "",
    gone: (same && state.gone) || new Set(),
    fresh: same && state.newest ? merge(rows ?? [], state.newest.rows, idOf)[1] : 0,
    reload: load,
    loadMore,
    showFresh,
  };
}
