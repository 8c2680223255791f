// A list with what surrounds it: errors, new rows that wait, further pages.
import type { ComponentChildren } from "preact";
import type { List } from "../api/use_list.ts";
import { plural, t } from "../text/text.ts";
import { Failed, Skeleton } from "./feedback.tsx";

// Attributes of a row that is marked if it does not match the filters any more.
export function goneRow<T>({ gone }: List<T>, id: string) {
  return gone.has(id) ? { class: "gone", title: t("common.gone") } : {};
}

interface Properties<T> {
  list: List<T>;
  caption: string;
  head: string[];
  row: (row: T) => ComponentChildren;
  // Shown if the list has no rows and no further pages.
  empty: ComponentChildren;
  // Shown if there are no rows, and further pages are not searched yet.
  searching: string;
}

export function ListView<T>({ list, caption, head, row, empty, searching }: Properties<T>) {
  const { rows, error, more, fresh } = list;
  if (!rows) return error ? <Failed error={error} retry={list.reload} /> : <Skeleton rows={8} />;
  return (
    <div class={error ? "list stale" : "list"}>
      {error && <Failed error={error} retry={list.reload} stale />}
      {fresh > 0 && (
        <button type="button" class="fresh" onClick={list.showFresh}>
          {plural("common.new", fresh)}
        </button>
      )}
      {rows.length === 0 && !more ? (
        empty
      ) : (
        <>
          {rows.length > 0 && (
            <table class="rows">
              <caption class="away">{caption}</caption>
              <thead>
                <tr>
                  {head.map((text) => (
                    <th key={text} scope="col">
                      {text}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>{rows.map(row)}</tbody>
            </table>
          )}
          <footer class="list-end">
            {rows.length > 0 ? (
              <span class="muted">
                {plural("common.shown", rows.length)}
                {more && `, ${t("common.moreExist")}`}
              </span>
            ) : (
              <span>{searching}</span>
            )}
            {more && (
              <button type="button" onClick={list.loadMore} disabled={list.loading} aria-busy={list.loading}>
                {rows.length > 0 ? t("common.more") : t("common.searchOn")}
              </button>
            )}
          </footer>
        </>
      )}
    </div>
  );
}
