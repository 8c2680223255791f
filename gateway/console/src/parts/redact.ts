// Removes secrets from a text that leaves for others: keys and secrets of the
// service, credentials in URLs and headers, and values in queries of URLs.

const rules: [RegExp, string][] = [
  [/\bwhsec_[A-Za-z0-9+/=_-]+/g, "whsec_[redacted]"],
  [/\b(whk_|wadm_|wht_)[A-Za-z0-9]+/g, "$1[redacted]"],
  [/(\bhttps?:\/\/)[^\s/?#@]*@/gi, "$1[redacted]@"],
  [/(\bhttps?:\/\/[^\s?#"']*\?)([^\s#"']+)/gi, "$1[redacted]"],
  [
    /\b(authorization|proxy-authorization|cookie|set-cookie|x-[\w-]*(?:key|token|secret)[\w-]*)(["']?\s*[:=]\s*["']?)[^\r\n"']+/gi,
    "$1$2[redacted]",
  ],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, "$1 [redacted]"],
];

export function redact(text: string): string {
  return rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}
