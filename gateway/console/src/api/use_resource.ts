import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Answer, get } from "./client.ts";
import { ApiError } from "./error.ts";
import { key } from "./key.ts";
import { usePoll } from "./use_poll.ts";

export interface Resource<T> {
  // The latest answer. It stays while a later call runs or has failed.
  answer: Answer<T> | undefined;
  error: ApiError | undefined;
  reload: () => Promise<void>;
  // Replaces the answer by that of a call that changed the resource.
  set: (answer: Answer<T>) => void;
}

interface State<T> {
  path: string;
  answer?: Answer<T> | undefined;
  error?: ApiError | undefined;
}

// Loads `path`, again when it or the key changes, and every `seconds` (0:
// never). "": loads nothing.
export function useResource<T>(path: string, seconds = 0): Resource<T> {
  const [state, setState] = useState<State<T>>({ path });
  const running = useRef<AbortController | undefined>(undefined);
  const current = key.value;

  const load = useCallback(async (): Promise<void> => {
    running.current?.abort();
    if (!path || key.value === null) return;
    const stop = new AbortController();
    running.current = stop;
    try {
      const answer = await get<T>(path, stop.signal);
      if (!stop.signal.aborted) setState({ path, answer });
    } catch (error) {
      if (stop.signal.aborted || !(error instanceof ApiError)) return;
      setState((old) => ({
        path,
        answer: old.path === path && error.status !== 404 ? old.answer : undefined,
        error,
      }));
    }
  }, [path]);

  useEffect(() => {
    void load();
    return () => running.current?.abort();
  }, [load, current]);
  usePoll(load, seconds);

  const same = state.path === path;
  return {
    answer: same ? state.answer : undefined,
    error: same ? state.error : undefined,
    reload: load,
    set: (answer) => {
      running.current?.abort();
      setState({ path, answer });
    },
  };
}
