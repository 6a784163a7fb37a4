#include "clients/usherctl/table.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/expect.h"

namespace usher::ctl {
namespace {

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string painted(std::string_view code, std::string_view text, bool colour) {
    if (!colour) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace

void Table::add(std::vector<std::string> row) {
    EXPECT(row.size() == columns_.size());
    rows_.push_back(std::move(row));
}

void Table::append_to(std::string& out, bool colour) const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t widest = width_of(columns_[i].heading);
        for (const auto& row : rows_) widest = std::max(widest, width_of(row[i]));
        widths.push_back(widest);
    }
    const auto line = [&](const auto& cell_of) {
        std::string text;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string_view cell = cell_of(i);
            const std::string padding(widths[i] - width_of(cell), ' ');
            if (i != 0) text += "  ";
            if (columns_[i].align == Align::right) text += padding;
            text += cell;
            if (columns_[i].align == Align::left) text += padding;
        }
        text.erase(text.find_last_not_of(' ') + 1);
        return text;
    };
    out += bold(line([&](std::size_t i) { return columns_[i].heading; }), colour) + "\n";
    for (const auto& row : rows_) {
        out += line([&](std::size_t i) { return std::string_view(row[i]); }) + "\n";
    }
}

bool wants_colour(int fd) {
    const char* no_color = std::getenv("NO_COLOR");
    return (no_color == nullptr || *no_color == '\0') && ::isatty(fd) == 1;
}

std::string bold(std::string_view text, bool colour) {
    return painted("1", text, colour);
}
std::string red(std::string_view text, bool colour) {
    return painted("31", text, colour);
}

}  // namespace usher::ctl
