import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../text/text.ts";

interface Properties {
  title: string;
  // Unset: the dialog cannot be closed.
  close?: (() => void) | undefined;
  wide?: boolean;
  children: ComponentChildren;
}

// A modal dialog, open as long as it is there. Then the focus returns.
export function Dialog({ title, close, wide = false, children }: Properties) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    close?.();
  };
  return (
    <dialog ref={element} class={wide ? "wide" : ""} onCancel={cancel} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {close && (
          <button type="button" class="quiet" onClick={close} aria-label={t("common.close")}>
            ✕
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}
