#ifndef WEBHOOKS_SERVER_SIGNING_JS_NUMBER_H_
#define WEBHOOKS_SERVER_SIGNING_JS_NUMBER_H_

#include <string>

namespace webhooks::server {

// Returns `value` as JSON.stringify writes it: Number::toString of ECMA-262,
// 6.1.6.1.20 ("1e+21", "0.000001", "1e-7", "0" for -0 too); "null" if it is not
// finite.
std::string JsNumber(double value);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SIGNING_JS_NUMBER_H_
