// What the lines of a random history say, one at a time: requests of every kind about the agents,
// channels and tickets of an invented roster, and of some that there are not.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/twin/calendar.h"
#include "tests/twin/draft.h"

namespace usher::twin {

class Speech {
  public:
    /// Invents the roster. The generator must outlive this.
    explicit Speech(Random& random);

    /// A request at `now`, without `at` and `key`; an `apply` also edits the roster.
    boost::json::object request(const std::string& verb, Ms now);
    static bool may_have_key(const boost::json::object& request);

    /// A ticket that was spoken of, mostly one of the latest.
    std::string ticket();
    /// The instant as text, by one clock or another.
    std::string instant(Ms at);

    /// As the file stands now.
    const Draft& draft() const { return draft_; }
    /// Rosters that were applied: name and text.
    const std::vector<std::pair<std::string, std::string>>& files() const { return files_; }

  private:
    std::string new_ticket();
    std::string agent();
    std::string channel();
    std::string inbox();
    std::string team();
    std::string status();
    boost::json::array skills();
    boost::json::object properties();
    void add_owner(boost::json::object& to);
    void describe(boost::json::object& line);
    void add_route_fields(boost::json::object& line);
    void add_page(boost::json::object& line);
    void add_import_fields(boost::json::object& line);
    void add_absence_fields(boost::json::object& line);
    void add_capacity_fields(boost::json::object& line);
    void add_apply_fields(boost::json::object& line);
    void add_ticket_fields(boost::json::object& line, const std::string& verb);

    Random& random_;
    Draft draft_;
    Ms now_ = 0;
    std::size_t tickets_ = 0;
    std::vector<std::pair<std::string, std::string>> files_;
};

}  // namespace usher::twin
