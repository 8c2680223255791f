import { useEffect, useRef } from "preact/hooks";
import { key } from "./key.ts";
import { pace, quietFor } from "./rate.ts";

// Calls `work` `seconds` after its last end, again and again: slower while the
// project has few calls left, and not at all while the page is hidden or
// locked. 0 seconds: never.
export function usePoll(work: () => Promise<void>, seconds: number) {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    if (!seconds) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    let running = false;
    const wait = (time: number) => {
      clearTimeout(timer);
      timer = setTimeout(run, time * 1000);
    };
    const run = async () => {
      if (document.hidden || key.value === null || running) return;
      if (quietFor() > 0) {
        wait(quietFor());
        return;
      }
      running = true;
      await latest.current();
      running = false;
      if (!ended) wait(seconds * pace.value);
    };
    const wake = () => {
      if (!document.hidden) void run();
    };
    document.addEventListener("visibilitychange", wake);
    const stop = key.subscribe((value) => {
      if (value !== null) wait(seconds);
    });
    return () => {
      ended = true;
      clearTimeout(timer);
      stop();
      document.removeEventListener("visibilitychange", wake);
    };
  }, [seconds]);
}
