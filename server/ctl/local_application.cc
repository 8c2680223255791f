#include "server/ctl/local_application.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>
#include <chrono>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace webhooks::ctl {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds kAnswerTimeout{15};

// A request and its answer, on an io_context of its own.
class Exchange {
 public:
  explicit Exchange(http::request<http::string_body> request)
      : request_(std::move(request)) {}

  // Returns the answer, or sets `error`.
  Answer Run(const tcp::resolver::results_type& addresses,
             beast::error_code& error) {
    stream_.expires_after(kAnswerTimeout);
    stream_.async_connect(addresses,
                          [&](beast::error_code failure, const tcp::endpoint&) {
                            error = failure;
                            if (!error) Write(error);
                          });
    context_.run();
    return {static_cast<int>(response_.result_int()),
            std::move(response_.body())};
  }

 private:
  void Write(beast::error_code& error) {
    http::async_write(stream_, request_,
                      [&](beast::error_code failure, std::size_t) {
                        error = failure;
                        if (!error) Read(error);
                      });
  }

  void Read(beast::error_code& error) {
    http::async_read(
        stream_, input_, response_,
        [&](beast::error_code failure, std::size_t) { error = failure; });
  }

  asio::io_context context_{1};
  beast::tcp_stream stream_{context_};
  http::request<http::string_body> request_;
  beast::flat_buffer input_;
  http::response<http::string_body> response_;
};

absl::string_view View(boost::core::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

absl::StatusOr<LocalApplication> LocalApplication::Parse(
    absl::string_view url) {
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed.has_value() || !parsed->has_authority() ||
      !absl::EqualsIgnoreCase(View(parsed->scheme()), "http") ||
      parsed->encoded_host_address().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--forward_to: '", url,
                     "' is not an http:// URL, such as "
                     "http://localhost:3000/webhooks"));
  }
  LocalApplication application;
  application.host_ = std::string(View(parsed->encoded_host_address()));
  application.port_ =
      parsed->port().empty() ? "80" : std::string(View(parsed->port()));
  application.target_ = std::string(View(parsed->encoded_target()));
  if (!absl::StartsWith(application.target_, "/")) {
    application.target_.insert(0, "/");
  }
  return application;
}

absl::StatusOr<Answer> LocalApplication::Post(const Headers& headers,
                                              const std::string& body) const {
  http::request<http::string_body> request(http::verb::post, target_, 11, body);
  for (const auto& [name, value] : headers) request.set(name, value);
  request.set(http::field::host, absl::StrCat(host_, ":", port_));
  request.prepare_payload();
  asio::io_context context;
  beast::error_code error;
  const auto addresses = tcp::resolver(context).resolve(host_, port_, error);
  Answer answer;
  if (!error) answer = Exchange(std::move(request)).Run(addresses, error);
  if (!error) return answer;
  return absl::UnavailableError(error.message());
}

}  // namespace webhooks::ctl
