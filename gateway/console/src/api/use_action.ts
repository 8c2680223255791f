import { useState } from "preact/hooks";
import { ApiError } from "./error.ts";

export interface Action {
  running: boolean;
  error: ApiError | undefined;
  run: () => Promise<void>;
  clear: () => void;
}

// Runs `work` once at a time, and keeps its error until it runs again.
export function useAction(work: () => Promise<void>): Action {
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<ApiError>();
  return {
    running,
    error,
    clear: () => setError(undefined),
    run: async () => {
      if (running) return;
      setRunning(true);
      setError(undefined);
      try {
        await work();
      } catch (cause) {
        if (!(cause instanceof ApiError)) throw cause;
        setError(cause);
      } finally {
        setRunning(false);
      }
    },
  };
}
