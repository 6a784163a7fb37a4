// Typed reading of one request's JSON fields. The first field whose JSON is not of the kind that
// its verb says ends the reading: `complaint()` tells it, and everything read afterwards is a
// default. What text may hold (lengths, control characters) is protocol::validate's to say. Views
// given out point into the JSON object and into `Lists`; they live as long as those do.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/scenario/verbs.h"
#include "protocol/request.h"
#include "protocol/validate.h"

namespace usher::scenario {

/// Backing of the lists that a Request views. Its owner clears it between requests.
struct Lists {
    std::vector<protocol::Property> properties;
    std::vector<std::string_view> keys;
};

class FieldReader {
  public:
    FieldReader(const Verb& verb, const boost::json::object& object, Lists& lists)
        : verb_(verb), object_(object), lists_(lists) {}

    /// Refuses fields that the verb does not have; `at`, `do` and a change's `key` go with any.
    void check_names();

    bool has(std::string_view name) const { return object_.contains(name); }
    std::string_view key(std::string_view name);
    std::optional<std::string_view> optional_key(std::string_view name);
    std::string_view cursor(std::string_view name);
    std::size_t word(std::string_view name);  ///< index into the field's words
    std::optional<std::size_t> optional_word(std::string_view name);
    bool flag(std::string_view name, bool otherwise);
    bool required_flag(std::string_view name);
    std::optional<std::uint32_t> whole(std::string_view name, std::uint32_t min, std::uint32_t max);
    std::int64_t instant_ms(std::string_view name);
    std::optional<std::int64_t> optional_instant_ms(std::string_view name);
    std::optional<protocol::Keys> keys(std::string_view name);
    std::optional<protocol::Properties> properties(std::string_view name);
    protocol::CapacityChange capacity(std::string_view name);
    protocol::Page page();
    std::vector<std::string> files(std::string_view name);

    /// The owner that agent, team, bot and none of the request name between them: exactly one.
    /// `field` is what validate() calls it.
    protocol::Owner owner(std::string_view field);
    std::optional<protocol::Owner> optional_owner(std::string_view name);

    bool failed() const { return complaint_.has_value(); }
    const std::optional<protocol::Complaint>& complaint() const { return complaint_; }
    void refuse(std::string_view field, std::string why);

  private:
    const boost::json::value* find(std::string_view name);
    const boost::json::value* find_required(std::string_view name);
    std::string_view text(std::string_view name, const boost::json::value& value,
                          std::string_view inside = {});
    bool checked_flag(std::string_view name, const boost::json::value& value);
    std::int64_t checked_instant(std::string_view name, const boost::json::value& value);
    protocol::Owner owner_of(const boost::json::object& object, std::string_view field);
    void refuse_type(std::string_view name, std::string_view wanted,
                     const boost::json::value& value, std::string_view inside = {});

    const Verb& verb_;
    const boost::json::object& object_;
    Lists& lists_;
    std::optional<protocol::Complaint> complaint_;
};

}  // namespace usher::scenario
