// A button for a call, with the same call as a command for a terminal.
import { useState } from "preact/hooks";
import { gateway } from "../api/client.ts";
import { type Command, curl } from "../api/commands.ts";
import type { Action } from "../api/use_action.ts";
import { t } from "../text/text.ts";
import { Copy } from "./copy.tsx";
import { Dialog } from "./dialog.tsx";

export function CommandText({ command }: { command: Command }) {
  return (
    <div class="commands">
      <Code title="curl" text={curl(command.call, gateway)} />
      {command.ctl && <Code title="webhookctl" text={`webhookctl ${command.ctl}`} />}
    </div>
  );
}

export function Code({ title, text }: { title: string; text: string }) {
  return (
    <section class="code">
      <header>
        <span class="caption">{title}</span>
        <Copy text={text} />
      </header>
      <pre tabIndex={0} role="group" aria-label={title}>
        {text}
      </pre>
    </section>
  );
}

// Opens the command that does the same.
export function CommandButton({ command, what }: { command: Command; what: string }) {
  const [open, setOpen] = useState(false);
  const label = `${t("common.command")}: ${what}`;
  return (
    <>
      <button type="button" class="command" onClick={() => setOpen(true)} aria-label={label} title={label}>
        <span aria-hidden="true">&gt;_</span>
      </button>
      {open && (
        <Dialog title={label} close={() => setOpen(false)} wide>
          <p>{t("common.commandText")}</p>
          <CommandText command={command} />
        </Dialog>
      )}
    </>
  );
}

interface Properties {
  label: string;
  action: Action;
  command: Command;
  class?: string;
  disabled?: boolean;
  submit?: boolean;
}

// A button, and beside it the command. In a form, `submit` leaves the call to
// the form.
export function ActionButton({ label, action, command, class: name = "", disabled, submit }: Properties) {
  return (
    <span class="action">
      <button
        type={submit ? "submit" : "button"}
        class={name}
        disabled={disabled || action.running}
        aria-busy={action.running}
        onClick={submit ? undefined : action.run}
      >
        {label}
      </button>
      <CommandButton command={command} what={label} />
    </span>
  );
}
