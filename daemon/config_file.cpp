#include <toml++/toml.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "config.h"
#include "roster/suggest.h"
#include "roster/unparsable.h"

namespace usher {
namespace {

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t near = 2;
    const auto distance = [word](const std::string& name) {
        return roster::edit_distance(word, name, near);
    };
    const auto nearest = std::ranges::min_element(known, {}, distance);
    if (nearest != known.end() && distance(*nearest) <= near)
        return "did you mean " + *nearest + "?";
    std::string all = "known here: ";
    for (std::size_t i = 0; i < known.size(); ++i) all += (i == 0 ? "" : ", ") + known[i];
    return all;
}

class Reader {
  public:
    Reader(const std::string& file, Settings& settings, ConfigErrors& errors)
        : file_(file), settings_(settings), errors_(errors) {}

    void read(const toml::table& root) {
        for (const auto& [key, node] : root) read_top(key, node);
    }

  private:
    void read_top(const toml::key& key, const toml::node& node) {
        const std::string_view name = key.str();
        if (name == "data_dir")
            text(name, node, settings_.data_dir);
        else if (name == "listen")
            read_listen(node);
        else if (name == "admin")
            text(name, node, settings_.admin, &settings_.admin_at);
        else if (name == "durability")
            text(name, node, settings_.durability, &settings_.durability_at);
        else if (name == "clock")
            text(name, node, settings_.clock, &settings_.clock_at);
        else if (name == "cores")
            number(name, node, settings_.cores, 1, cores_max);
        else if (name == "core_endpoints")
            flag(name, node, settings_.core_endpoints, &settings_.core_endpoints_at);
        else if (name == "spin")
            flag(name, node, settings_.spin, &settings_.spin_at);
        else if (name == "shards")
            number(name, node, settings_.shards, 1, cores_max);
        else if (name == "snapshot_journal_mib")
            number(name, node, settings_.snapshot_journal_mib, 1, snapshot_journal_mib_most);
        else if (name == "snapshot_minutes")
            number(name, node, settings_.snapshot_minutes, 0, snapshot_minutes_most);
        else if (name == "log_level")
            text(name, node, settings_.log_level, &settings_.log_level_at);
        else if (name == "limits")
            read_limits(node);
        else
            unknown(key, {"data_dir", "listen", "admin", "durability", "clock", "cores",
                          "core_endpoints", "spin", "shards", "snapshot_journal_mib",
                          "snapshot_minutes", "log_level", "limits"});
    }

    void read_listen(const toml::node& node) {
        settings_.listen_at = place(node.source());
        if (const auto one = node.value_exact<std::string>()) {
            settings_.listen = {*one};
            return;
        }
        const auto* list = node.as_array();
        if (list == nullptr) return wrong_type("listen", node, "a list of addresses");
        for (const auto& entry : *list) {
            if (const auto address = entry.value_exact<std::string>())
                settings_.listen.push_back(*address);
            else
                wrong_type("listen", entry, "a text such as \"127.0.0.1:7447\"");
        }
        if (list->empty())
            complain(node.source(), "listen: is empty", "leave it out to get the default");
    }

    void read_limits(const toml::node& node) {
        const auto* table = node.as_table();
        if (table == nullptr) return wrong_type("limits", node, "a table: [limits]");
        std::vector<std::string> known;
        net::each_limit(settings_.limits,
                        [&](const char* name, auto&, auto, auto) { known.emplace_back(name); });
        for (const auto& [key, value] : *table) {
            if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
                unknown(key, known);
                continue;
            }
            net::each_limit(settings_.limits,
                            [&, &name_here = key, &node_here = value](const char* name, auto& limit,
                                                                      auto least, auto most) {
                                if (name_here.str() != name) return;
                                std::optional<std::uint32_t> given;
                                number(name, node_here, given, least, most);
                                if (given) limit = *given;
                            });
        }
    }

    void text(std::string_view name, const toml::node& node, std::optional<std::string>& out,
              Settings::Place* at = nullptr) {
        if (at != nullptr) *at = place(node.source());
        if (const auto value = node.value_exact<std::string>())
            out = *value;
        else
            wrong_type(name, node, "a text in quotes");
    }

    void flag(std::string_view name, const toml::node& node, std::optional<bool>& out,
              Settings::Place* at) {
        *at = place(node.source());
        if (const auto value = node.value_exact<bool>())
            out = *value;
        else
            wrong_type(name, node, "true or false");
    }

    void number(std::string_view name, const toml::node& node, std::optional<std::uint32_t>& out,
                std::int64_t least, std::int64_t most) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value) return wrong_type(name, node, "a whole number");
        if (*value < least || *value > most)
            return complain(
                node.source(), std::string(name) + ": is " + std::to_string(*value),
                "a number from " + std::to_string(least) + " to " + std::to_string(most));
        out = static_cast<std::uint32_t>(*value);
    }

    void wrong_type(std::string_view name, const toml::node& node, const char* wanted) {
        complain(node.source(), std::string(name) + ": is of the wrong type",
                 std::string("write ") + wanted);
    }

    void unknown(const toml::key& key, const std::vector<std::string>& known) {
        complain(key.source(), "unknown key '" + std::string(key.str()) + "'",
                 did_you_mean(key.str(), known));
    }

    void complain(const toml::source_region& at, std::string message, std::string hint) {
        errors_.push_back(
            {file_, at.begin.line, at.begin.column, std::move(message), std::move(hint)});
    }

    Settings::Place place(const toml::source_region& at) const {
        return {file_, at.begin.line, at.begin.column};
    }

    const std::string& file_;
    Settings& settings_;
    ConfigErrors& errors_;
};

}  // namespace

void read_config(const std::string& name, std::string_view text, Settings& settings,
                 ConfigErrors& errors) {
    if (const auto found = roster::find_unparsable(text)) {
        errors.push_back({name, found->line, found->column, std::string(found->message),
                          std::string(found->hint)});
        return;
    }
    try {
        const auto root = toml::parse(text, std::string_view(name));
        Reader(name, settings, errors).read(root);
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        errors.push_back({name, at.line, at.column, std::string(error.description()), ""});
    }
}

void read_config_file(const std::string& path, Settings& settings, ConfigErrors& errors) {
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    if (!file.is_open() || std::filesystem::is_directory(path, ignored)) {
        errors.push_back({path, 0, 0, "cannot be read", "the file must exist and be readable"});
        return;
    }
    read_config(path, std::string{std::istreambuf_iterator<char>(file), {}}, settings, errors);
}

}  // namespace usher
