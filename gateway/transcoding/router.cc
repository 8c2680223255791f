#include "gateway/transcoding/router.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/errors.h"
#include "gateway/transcoding/http_rule.h"
#include "gateway/transcoding/request_path.h"

namespace webhooks::gateway {

// A node in the tree of templates.
struct RouteNode {
  absl::flat_hash_map<std::string, std::unique_ptr<RouteNode>> literals;
  std::unique_ptr<RouteNode> one;
  // The routes that end here, and the routes that end here with a "**".
  std::vector<const Route*> ends;
  std::vector<const Route*> many;
};

namespace {

using Routes = std::vector<const Route*>;

// Returns the routes at the node of `path`, which it creates.
Routes& Grow(RouteNode& root, const PathTemplate& path) {
  RouteNode* node = &root;
  for (const PathTemplate::Segment& segment : path.segments) {
    if (segment.kind == PathTemplate::Kind::kMany) return node->many;
    auto& next = segment.kind == PathTemplate::Kind::kOne
                     ? node->one
                     : node->literals[segment.literal];
    if (next == nullptr) next = std::make_unique<RouteNode>();
    node = next.get();
  }
  return node->ends;
}

// Ranks `route` for `method`; 0: it does not match.
int MethodRank(const Route& route, absl::string_view method) {
  if (route.http_method == method) return 3;
  if (route.http_method == "GET" && method == "HEAD") return 2;
  return route.http_method == "*" ? 1 : 0;
}

// One search in the tree.
struct Search {
  absl::string_view method;
  absl::string_view verb;
  const RequestPath& path;
  // The routes of this path for other methods.
  absl::InlinedVector<const Route*, 8> others = {};

  const Route* Pick(const Routes& routes) {
    const Route* best = nullptr;
    int best_rank = 0;
    for (const Route* route : routes) {
      if (route->path.verb != verb) continue;
      const int rank = MethodRank(*route, method);
      if (rank == 0) others.push_back(route);
      if (rank > best_rank) best = route;
      best_rank = std::max(rank, best_rank);
    }
    return best;
  }

  // Literals first, then "*", then "**": the first that serves the method.
  const Route* Walk(const RouteNode& node, size_t depth) {
    const Route* found = nullptr;
    if (depth == path.size()) {
      found = Pick(node.ends);
      return found != nullptr ? found : Pick(node.many);
    }
    const auto literal = node.literals.find(path[depth]);
    if (literal != node.literals.end()) {
      found = Walk(*literal->second, depth + 1);
    }
    if (found == nullptr && node.one != nullptr && !path[depth].empty()) {
      found = Walk(*node.one, depth + 1);
    }
    return found != nullptr ? found : Pick(node.many);
  }
};

std::vector<std::string> AllowedMethods(const Search& search) {
  std::vector<std::string> allowed;
  for (const Route* route : search.others) {
    allowed.push_back(route->http_method);
    if (route->http_method == "GET") allowed.push_back("HEAD");
  }
  if (allowed.empty()) return allowed;
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  allowed.erase(std::remove(allowed.begin(), allowed.end(), "OPTIONS"),
                allowed.end());
  allowed.push_back("OPTIONS");
  return allowed;
}

Router::Match MakeMatch(const Route* route, const Search& search) {
  Router::Match match;
  if (route == nullptr) {
    match.allowed = AllowedMethods(search);
    return match;
  }
  match.binding = &route->binding;
  const auto& variables = route->path.variables;
  match.path_values.reserve(variables.size());
  for (size_t i = 0; i < variables.size(); ++i) {
    match.path_values.push_back({&route->binding.path_fields[i],
                                 search.path.Value(route->path, variables[i])});
  }
  return match;
}

}  // namespace

struct Router::State {
  std::vector<std::unique_ptr<Route>> routes;
  RouteNode root;

  absl::Status Add(Route route) {
    Routes& siblings = Grow(root, route.path);
    for (const Route* other : siblings) {
      if (other->http_method == route.http_method &&
          other->path.verb == route.path.verb) {
        return absl::InvalidArgumentError(absl::StrCat(
            route.binding.method->full_name(), " repeats the method and path ",
            route.http_method, " ", route.binding.path_template, " of ",
            other->binding.method->full_name()));
      }
    }
    routes.push_back(std::make_unique<Route>(std::move(route)));
    siblings.push_back(routes.back().get());
    return absl::OkStatus();
  }
};

absl::StatusOr<Router> Router::Make(
    absl::Span<const google::protobuf::ServiceDescriptor* const> services) {
  auto state = std::make_unique<State>();
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      auto routes = ReadHttpRules(service->method(i));
      if (!routes.ok()) return routes.status();
      for (Route& route : *routes) {
        if (auto status = state->Add(std::move(route)); !status.ok()) {
          return status;
        }
      }
    }
  }
  return Router(std::move(state));
}

Router::Router(std::unique_ptr<State> state) : state_(std::move(state)) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

absl::StatusOr<Router::Match> Router::Find(absl::string_view method,
                                           absl::string_view path) const {
  if (!absl::StartsWith(path, "/")) return Match();
  RequestPath request;
  if (!request.Read(path)) return MalformedPath();
  // If the verb is that of a template of this path, only templates with this
  // verb match: the last segment is not a value with a ':'.
  if (!request.verb().empty()) {
    request.UseVerb(true);
    Search search{method, request.verb(), request};
    const Route* route = search.Walk(state_->root, 0);
    if (route != nullptr || !search.others.empty()) {
      return MakeMatch(route, search);
    }
    request.UseVerb(false);
  }
  Search search{method, "", request};
  return MakeMatch(search.Walk(state_->root, 0), search);
}

}  // namespace webhooks::gateway
