#include "server/delivery/stock.h"

#include <algorithm>
#include <utility>

namespace webhooks::server {

void Stock::Add(std::shared_ptr<Flight> flight) {
  ++leased_;
  bytes_ += flight->bytes;
  flights_[flight->result.endpoint.webhook].push_back(std::move(flight));
}

std::shared_ptr<Flight> Stock::Take(const Endpoint& endpoint) {
  const auto found = flights_.find(endpoint.webhook);
  std::shared_ptr<Flight> flight = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) flights_.erase(found);
  return flight;
}

void Stock::End(const Flight& flight) {
  --leased_;
  bytes_ -= flight.bytes;
}

std::vector<LeaseName> Stock::Drop(const Endpoint& endpoint) {
  std::vector<LeaseName> leases;
  const auto found = flights_.find(endpoint.webhook);
  if (found == flights_.end()) return leases;
  for (const std::shared_ptr<Flight>& flight : found->second) {
    leases.push_back(flight->result.lease);
    End(*flight);
  }
  flights_.erase(found);
  return leases;
}

std::vector<Endpoint> Stock::Of(const std::string& project) const {
  std::vector<Endpoint> endpoints;
  for (const auto& [webhook, flights] : flights_) {
    const Endpoint& endpoint = flights.front()->result.endpoint;
    if (endpoint.project == project) endpoints.push_back(endpoint);
  }
  return endpoints;
}

absl::Time Stock::OldestDue(const Endpoint& endpoint) const {
  absl::Time oldest = absl::InfiniteFuture();
  const auto found = flights_.find(endpoint.webhook);
  if (found == flights_.end()) return oldest;
  for (const auto& flight : found->second) {
    oldest = std::min(oldest, flight->due);
  }
  return oldest;
}

const Endpoint* Stock::Any() const {
  if (flights_.empty()) return nullptr;
  return &flights_.begin()->second.front()->result.endpoint;
}

}  // namespace webhooks::server
