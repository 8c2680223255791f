#include "gateway/openapi/examples.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "gateway/openapi/schemas.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using Example = std::optional<json::value>;

// Types may contain themselves.
constexpr int kMaxDepth = 8;

class Composer {
 public:
  Composer(const Meanings& meanings, Direction direction)
      : meanings_(meanings), direction_(direction) {}

  Example Field(const FieldPlan& field, int depth) const {
    Example own = Own(field);
    if (own) return own;
    if (field.field->is_map()) return json::object();
    Example single = field.message != nullptr
                         ? Message(*field.message, nullptr, depth + 1)
                         : std::nullopt;
    if (!single || !field.field->is_repeated()) return single;
    return json::array{*std::move(single)};
  }

  // Without the fields in the path of `binding`, which may be null.
  Example Message(const MessagePlan& plan, const Binding* binding,
                  int depth) const {
    if (plan.form != JsonForm::kObject || depth > kMaxDepth) return {};
    json::object object;
    const google::protobuf::OneofDescriptor* last_oneof = nullptr;
    for (const FieldPlan& field : plan.fields) {
      const auto* oneof = field.field->real_containing_oneof();
      if (field.hidden || (oneof != nullptr && oneof == last_oneof) ||
          (binding != nullptr && IsInPath(*binding, field))) {
        continue;
      }
      const bool is_needed = IsAlwaysThere(field, direction_);
      if (!is_needed && !IsTold(field)) continue;
      Example example = Field(field, depth);
      if (!example && is_needed) return {};
      if (!example) continue;
      object[field.name] = *std::move(example);
      last_oneof = oneof;
    }
    return object;
  }

 private:
  // Returns true if an optional field is shown. Requests show those with an
  // example of their own; answers also show the members of a oneof.
  bool IsTold(const FieldPlan& field) const {
    return direction_ == Direction::kRequest
               ? Meanings::HasExample(field.field)
               : Own(field) || field.field->real_containing_oneof() != nullptr;
  }

  Example Own(const FieldPlan& field) const {
    const std::string text = meanings_.Of(field.field).values.example();
    if (text.empty()) return {};
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    if (error) return {};
    return value;
  }

  const Meanings& meanings_;
  const Direction direction_;
};

}  // namespace

Example MessageExample(const Meanings& meanings, const MessagePlan& plan,
                       Direction direction) {
  return Composer(meanings, direction).Message(plan, nullptr, 0);
}

Example AnswerExample(const Meanings& meanings, const Binding& binding) {
  const MessagePlan& plan = PlanOf(binding.method->output_type());
  if (binding.response_field == nullptr) {
    return MessageExample(meanings, plan, Direction::kAnswer);
  }
  return Composer(meanings, Direction::kAnswer)
      .Field(plan.Of(binding.response_field), 0);
}

Example BodyExample(const Meanings& meanings, const Binding& binding) {
  const MessagePlan& plan = PlanOf(binding.method->input_type());
  const Composer composer(meanings, Direction::kRequest);
  return binding.body_field == nullptr
             ? composer.Message(plan, &binding, 0)
             : composer.Field(plan.Of(binding.body_field), 0);
}

}  // namespace webhooks::gateway
