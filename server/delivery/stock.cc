#include "server/delivery/stock.h"

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

std::vector<std::string> Stock::Drop(const Endpoint& endpoint) {
  std::vector<std::string> deliveries;
  const auto found = flights_.find(endpoint.webhook);
  if (found == flights_.end()) return deliveries;
  for (const std::shared_ptr<Flight>& flight : found->second) {
    deliveries.push_back(flight->result.delivery);
    End(*flight);
  }
  flights_.erase(found);
  return deliveries;
}

const Endpoint* Stock::Any() const {
  if (flights_.empty()) return nullptr;
  return &flights_.begin()->second.front()->result.endpoint;
}

}  // namespace webhooks::server
