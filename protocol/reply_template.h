// The two replies of the hot path, "assigned to AGENT" and "status STATUS", from a template: the
// bytes that the builder gave for such an answer once, in which instant, sequence, close date and
// text are written over. A template for each length of the text, made when it is first needed.
// Inside of protocol/ only. Belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/answer.h"
#include "protocol/limits.h"

namespace usher::protocol {

class ReplyTemplates {
  public:
    /// The form of an answer that has a template, or nothing that can be found().
    struct Form {
        enum Kind : std::uint8_t { assigned, status, status_with_close_date, none };
        Kind kind = none;
        std::string_view text;
    };
    static Form form_of(const Answer& answer);

    /// The frame with the answer in it; empty: learn() first.
    std::span<const std::byte> frame(const Form& form, std::uint64_t correlation,
                                     const Answer& answer);

    /// `built`: the builder's frame for the answer of that form.
    void learn(const Form& form, std::span<const std::byte> built);

  private:
    struct Template {
        std::vector<std::byte> bytes;
        std::size_t at = 0;  ///< where the fields are in `bytes`
        std::size_t seq = 0;
        std::size_t close_date = 0;
        std::size_t text = 0;
    };

    std::array<std::array<Template, key_bytes_max + 1>, Form::none> templates_;
};

}  // namespace usher::protocol
