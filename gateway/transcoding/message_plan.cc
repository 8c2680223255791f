#include "gateway/transcoding/message_plan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "proto/json/json_text.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

FieldPlan PlanField(const FieldDescriptor* field, size_t index) {
  FieldPlan plan;
  plan.field = field;
  plan.index = index;
  plan.name = field->has_json_name() ? field->json_name() : field->name();
  AppendJsonString(plan.name, plan.quoted_key);
  plan.quoted_key += ':';
  plan.nullable = field->options().GetExtension(v1::nullable);
  plan.required_key = field->options().GetExtension(v1::required_key);
  plan.hidden = field->options().HasExtension(v1::http_header) ||
                field->options().GetExtension(v1::body_mask) ||
                field->options().HasExtension(v1::true_if_null);
  plan.raw_json = field->options().GetExtension(v1::raw_json) &&
                  !field->is_repeated() &&
                  field->type() == FieldDescriptor::TYPE_STRING;
  const v1::Values& values = field->options().GetExtension(v1::values);
  plan.max_items = static_cast<size_t>(std::max(values.max_items(), 0));
  return plan;
}

// Proto names come first: they win over the json_name or camelCase name of
// another field. A field with its own json_name also has its camelCase name.
void IndexNames(MessagePlan& plan) {
  for (const auto name : {&FieldDescriptor::name, &FieldDescriptor::json_name,
                          &FieldDescriptor::camelcase_name}) {
    for (const FieldPlan& field : plan.fields) {
      if (!field.hidden) plan.by_name.emplace((field.field->*name)(), &field);
    }
  }
}

// Connects each flag with the option true_if_null to the field that it names.
void ConnectNullFlags(MessagePlan& plan) {
  for (const FieldPlan& flag : plan.fields) {
    const auto& options = flag.field->options();
    if (!options.HasExtension(v1::true_if_null)) continue;
    for (FieldPlan& field : plan.fields) {
      if (field.field->name() == options.GetExtension(v1::true_if_null)) {
        field.null_flag = flag.field;
      }
    }
  }
}

std::unique_ptr<MessagePlan> PlanMessage(const Descriptor* descriptor) {
  auto plan = std::make_unique<MessagePlan>();
  plan->descriptor = descriptor;
  plan->reflection = google::protobuf::MessageFactory::generated_factory()
                         ->GetPrototype(descriptor)
                         ->GetReflection();
  plan->form = FormOf(descriptor);
  std::vector<const FieldDescriptor*> fields;
  fields.reserve(descriptor->field_count());
  for (int i = 0; i < descriptor->field_count(); ++i) {
    fields.push_back(descriptor->field(i));
  }
  std::sort(fields.begin(), fields.end(), [](const auto* a, const auto* b) {
    return a->number() < b->number();
  });
  for (const FieldDescriptor* field : fields) {
    plan->fields.push_back(PlanField(field, plan->fields.size()));
    plan->has_required_keys |= plan->fields.back().required_key;
    if (field->options().GetExtension(v1::body_mask)) plan->body_mask = field;
  }
  ConnectNullFlags(*plan);
  IndexNames(*plan);
  return plan;
}

// All plans that were made. A plan is added together with the plans of its
// fields.
class PlanCache {
 public:
  const MessagePlan& Get(const Descriptor* descriptor) {
    {
      absl::ReaderMutexLock lock(&mutex_);
      const auto found = plans_.find(descriptor);
      if (found != plans_.end()) return *found->second;
    }
    absl::MutexLock lock(&mutex_);
    return Add(descriptor);
  }

 private:
  // Types may contain themselves: a plan is added before the plans of its
  // fields.
  const MessagePlan& Add(const Descriptor* descriptor)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto found = plans_.find(descriptor);
    if (found != plans_.end()) return *found->second;
    MessagePlan& plan =
        *plans_.emplace(descriptor, PlanMessage(descriptor)).first->second;
    for (FieldPlan& field : plan.fields) {
      if (const Descriptor* type = field.field->message_type()) {
        field.message = &Add(type);
      }
    }
    return plan;
  }

  absl::Mutex mutex_;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace

const FieldPlan& MessagePlan::Of(const FieldDescriptor* field) const {
  return *std::find_if(
      fields.begin(), fields.end(),
      [field](const FieldPlan& plan) { return plan.field == field; });
}

const MessagePlan& PlanOf(const Descriptor* descriptor) {
  static PlanCache& cache = *new PlanCache;
  return cache.Get(descriptor);
}

JsonForm FormOf(const Descriptor* descriptor) {
  absl::string_view name = descriptor->full_name();
  if (!absl::ConsumePrefix(&name, "google.protobuf.")) return JsonForm::kObject;
  if (name == "Timestamp") return JsonForm::kTimestamp;
  if (name == "Duration") return JsonForm::kDuration;
  if (name == "FieldMask") return JsonForm::kFieldMask;
  return name == "Empty" ? JsonForm::kObject : JsonForm::kUnsupported;
}

bool HasTextForm(const FieldDescriptor* field) {
  if (field->message_type() == nullptr) return true;
  switch (FormOf(field->message_type())) {
    case JsonForm::kTimestamp:
    case JsonForm::kDuration:
    case JsonForm::kFieldMask:
      return true;
    case JsonForm::kObject:
    case JsonForm::kUnsupported:
      break;
  }
  return false;
}

}  // namespace webhooks::gateway
