// Text that others wrote: payloads, answers, URLs of receivers. It is shown as
// text, never as markup or as a link.
import { pieces } from "./visible.ts";

interface Properties {
  text: string;
  class?: string;
  // Shows the names of line feeds as well.
  lineEnds?: boolean;
}

export function Shown({ text, class: name, lineEnds = false }: Properties) {
  return (
    <span class={name} dir="ltr">
      {pieces(text, lineEnds).map((piece) =>
        piece.hidden ? <span class="hidden-character">{piece.text}</span> : piece.text,
      )}
    </span>
  );
}
