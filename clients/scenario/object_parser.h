// One line of JSON becomes an object, by RFC 8259 and with one thing more: a name is there once in
// an object. Which of two values was meant nobody can say, so neither counts. One thread at a time.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace usher::scenario {

class ObjectParser {
  public:
    ObjectParser();
    ObjectParser(const ObjectParser&) = delete;
    ObjectParser& operator=(const ObjectParser&) = delete;
    ~ObjectParser();

    /// What keeps `text` from being a JSON object, as a message; empty if it is one.
    std::string parse(std::string_view text);

    /// What parse() read last; it stands until the next parse(), which must have given no message.
    /// Members of the line that are there more than once are left out.
    const boost::json::object& object() const;

    /// The message about a name that is there more than once, in the line itself or further in;
    /// empty if there is none. Of several the one whose object ends first.
    const std::string& repeated() const;

  private:
    class Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace usher::scenario
