// A call that failed. `status` is 0 if there was no answer.
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly reason: string,
    readonly requestId: string,
    // The time in seconds before which a repeat is refused; 0 if not known.
    readonly retryAfter: number,
    readonly fields: { field: string; description: string }[],
  ) {
    super(message);
  }
}

interface Detail {
  "@type": string;
  reason?: string;
  field_violations?: { field: string; description: string }[];
}

// Returns the error of an answer. Not every program on the way answers in JSON.
export function errorOf(answer: Response, text: string): ApiError {
  let message = answer.statusText || String(answer.status);
  let reason = "";
  let fields: ApiError["fields"] = [];
  try {
    const { error } = JSON.parse(text) as { error: { message: string; details: Detail[] } };
    message = error.message;
    for (const detail of error.details ?? []) {
      reason = detail.reason ?? reason;
      fields = detail.field_violations ?? fields;
    }
  } catch {
    // The status says all that is known.
  }
  return new ApiError(
    message,
    answer.status,
    reason,
    answer.headers.get("x-request-id") ?? "",
    Number(answer.headers.get("retry-after") ?? 0) || 0,
    fields,
  );
}

export function noAnswer(cause: unknown): ApiError {
  return new ApiError(String(cause), 0, "NO_ANSWER", "", 0, []);
}
