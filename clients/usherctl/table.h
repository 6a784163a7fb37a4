// Tables for people: columns as wide as their widest cell, two spaces between them, numbers to the
// right, the heading in bold on a terminal that wants colour. Widths count characters, not bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace usher::ctl {

enum class Align { left, right };

struct Column {
    std::string_view heading;
    Align align = Align::left;
};

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as there are columns.
    void add(std::vector<std::string> row);
    bool empty() const { return rows_.empty(); }

    void append_to(std::string& out, bool colour) const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// Whether `fd` is a terminal and NO_COLOR is unset (or empty).
bool wants_colour(int fd);

/// `text`, in bold or in red if `colour`.
std::string bold(std::string_view text, bool colour);
std::string red(std::string_view text, bool colour);

}  // namespace usher::ctl
