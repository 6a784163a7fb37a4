#include "clients/scenario/object_parser.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>
#include <cstdint>
#include <optional>
#include <vector>

namespace usher::scenario {
namespace {

namespace json = boost::json;

/// The names of the objects that are still open, as they come.
class Names {
  public:
    void clear() {
        text_.clear();
        ends_.clear();
        opened_.clear();
        repeated_.clear();
        repeated_in_line_.clear();
    }
    void open() { opened_.push_back(ends_.size()); }
    void part(json::string_view text) { text_.append(text.data(), text.size()); }
    void end() { ends_.push_back(text_.size()); }

    /// The innermost object is complete: its names are looked at, and forgotten.
    void close() {
        const std::size_t first = opened_.back();
        look_at(first);
        ends_.resize(first);
        text_.resize(begin_of(first));
        opened_.pop_back();
    }

    const std::string& repeated() const { return repeated_; }
    const std::vector<std::string>& repeated_in_line() const { return repeated_in_line_; }

  private:
    std::size_t begin_of(std::size_t name) const { return name == 0 ? 0 : ends_[name - 1]; }
    std::string_view at(std::size_t name) const {
        return std::string_view(text_).substr(begin_of(name), ends_[name] - begin_of(name));
    }

    void look_at(std::size_t first) {
        sorted_.clear();
        for (std::size_t name = first; name < ends_.size(); ++name) sorted_.push_back(at(name));
        std::ranges::sort(sorted_);
        for (auto same = std::ranges::adjacent_find(sorted_); same != sorted_.end();
             same = std::adjacent_find(same, sorted_.end())) {
            const auto name = *same;
            if (repeated_.empty()) repeated_ = message(name);
            if (opened_.size() == 1) repeated_in_line_.emplace_back(name);
            same = std::upper_bound(same, sorted_.end(), name);
        }
    }

    std::string message(std::string_view name) const {
        const std::string is = " is there twice";
        if (opened_.size() == 1) return std::string(name) + ":" + is;
        return std::string(at(opened_[1] - 1)) + ": \"" + std::string(name) + "\"" + is;
    }

    std::string text_;                 ///< the names, one behind the other
    std::vector<std::size_t> ends_;    ///< of each name in the text
    std::vector<std::size_t> opened_;  ///< of each open object the number of its first name
    std::vector<std::string_view> sorted_;
    std::string repeated_;
    std::vector<std::string> repeated_in_line_;
};

/// What the parser calls: builds the value as json::parser does, and listens to the names.
struct Handler {
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) {
        names.open();
        return true;
    }
    bool on_object_end(std::size_t n, json::error_code&) {
        names.close();
        stack.push_object(n);
        return true;
    }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t n, json::error_code&) {
        stack.push_array(n);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        names.part(part);
        stack.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        names.part(part);
        names.end();
        stack.push_key(part);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code&) {
        stack.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, json::error_code&) {
        stack.push_int64(value);
        return true;
    }
    bool on_uint64(std::uint64_t value, json::string_view, json::error_code&) {
        stack.push_uint64(value);
        return true;
    }
    bool on_double(double value, json::string_view, json::error_code&) {
        stack.push_double(value);
        return true;
    }
    bool on_bool(bool value, json::error_code&) {
        stack.push_bool(value);
        return true;
    }
    bool on_null(json::error_code&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

    json::value_stack stack;
    Names names;
};

}  // namespace

class ObjectParser::Inside {
  public:
    void clear() {
        value_.reset();
        parser_.reset();
        parser_.handler().stack.reset();
        parser_.handler().names.clear();
        // A new one: release() gives the blocks back, and the next would be twice as large all the
        // same, for ever.
        memory_.emplace(first_memory_.data(), first_memory_.size());
        parser_.handler().stack.reset(&*memory_);
    }

    std::string parse(std::string_view text) {
        clear();
        json::error_code error;
        const auto consumed = parser_.write_some(false, text.data(), text.size(), error);
        const auto rest = text.substr(consumed);
        if (!error && rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
            error = json::error::extra_data;
        }
        if (error) {
            return "not JSON, from column " + std::to_string(consumed + 1) + ": " + error.message();
        }
        value_.emplace(parser_.handler().stack.release());
        if (!value_->is_object()) return "not a JSON object";
        for (const auto& name : names().repeated_in_line()) value_->get_object().erase(name);
        return {};
    }

    const json::object& object() const { return value_->get_object(); }
    const Names& names() const { return parser_.handler().names; }

  private:
    std::array<unsigned char, 8192> first_memory_{};
    std::optional<json::monotonic_resource> memory_;
    json::basic_parser<Handler> parser_{json::parse_options{}};
    std::optional<json::value> value_;
};

ObjectParser::ObjectParser() : inside_(std::make_unique<Inside>()) {}
ObjectParser::~ObjectParser() = default;

std::string ObjectParser::parse(std::string_view text) {
    return inside_->parse(text);
}

const json::object& ObjectParser::object() const {
    return inside_->object();
}

const std::string& ObjectParser::repeated() const {
    return inside_->names().repeated();
}

}  // namespace usher::scenario
