#include "gateway/transcoding/percent.h"

#include <boost/url/pct_string_view.hpp>

namespace webhooks::gateway {

bool AppendPercentDecoded(absl::string_view text, PlusSign plus,
                          std::string& out) {
  namespace urls = boost::urls;
  const auto escaped = urls::make_pct_string_view({text.data(), text.size()});
  if (!escaped) return false;
  escaped->decode(urls::encoding_opts(plus == PlusSign::kSpace),
                  urls::string_token::append_to(out));
  return true;
}

}  // namespace webhooks::gateway
