// Text that others wrote: payloads, answers, URLs of receivers. It is shown as
// text, never as markup or as a link.
import { pieces } from "./visible.ts";

export function Shown({ text, class: name }: { text: string; class?: string }) {
  return (
    <span class={name} dir="ltr">
      {pieces(text).map((piece) =>
        piece.hidden ? <span class="hidden-character">{piece.text}</span> : piece.text,
      )}
    </span>
  );
}
