// Images whose records are not the right ones: too few, too many, twice, of nobody, cut.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "engine/image.h"
#include "tests/engine/exercise.h"
#include "tests/engine/rich_state.h"

namespace usher::testing {
namespace {

/// The record of that kind which is the n-th one.
ImageRecord record_of(const std::vector<std::byte>& image, engine::RecordKind kind,
                      std::size_t n = 0) {
    for (const auto& record : records_of(image))
        if (record.kind == kind && n-- == 0) return record;
    ADD_FAILURE() << "there is no such record";
    return {};
}

/// Why an image is refused that was changed in that way.
std::string refusal(const std::function<void(std::vector<std::byte>&)>& change) {
    Rich rich;
    rich.world.at("2026-06-02T09:00:00Z");  // what was closed is forgotten by then
    rich.world.send(R"({"do":"tick"})");
    rich.world.send(R"({"do":"close","ticket":"m1","key":"thrice"})");
    auto image = image_of(rich.world.engine);
    change(image);
    std::string why;
    EXPECT_FALSE(reseal_image(image, why));
    return why;
}

template <class T>
void put(std::vector<std::byte>& image, std::size_t at, T value) {
    std::memcpy(image.data() + at, &value, sizeof value);
}

void take_away(std::vector<std::byte>& image, const ImageRecord& record) {
    const auto begin = image.begin();
    image.erase(begin + static_cast<std::ptrdiff_t>(record.begin),
                begin + static_cast<std::ptrdiff_t>(record.end));
}

void put_twice(std::vector<std::byte>& image, const ImageRecord& record) {
    const std::vector<std::byte> copy(image.begin() + static_cast<std::ptrdiff_t>(record.begin),
                                      image.begin() + static_cast<std::ptrdiff_t>(record.end));
    image.insert(image.end(), copy.begin(), copy.end());
}

TEST(Image, WhoseRecordsAreNotTheRightOnesIsRefused) {
    using Kind = engine::RecordKind;
    using Image = std::vector<std::byte>;
    struct Wrong {
        const char* what;
        std::function<void(Image&)> change;
    };
    constexpr auto head = engine::record_head_bytes;
    // The counts are the last of a core, before the digest: slots, first free, tickets, closed,
    // kept.
    constexpr std::size_t from_end = 16 + 5 * 4;
    const Wrong all[] = {
        {"it has 0 cores", [](Image& i) { take_away(i, record_of(i, Kind::core)); }},
        {"it has 2 cores", [](Image& i) { put_twice(i, record_of(i, Kind::core)); }},
        {"its counts are wrong", [](Image& i) { take_away(i, record_of(i, Kind::ticket)); }},
        {"its counts are wrong", [](Image& i) { put_twice(i, record_of(i, Kind::closed)); }},
        {"its counts are wrong: 4294967280 slots",
         [](Image& i) { put(i, record_of(i, Kind::core).end - from_end, 0xffff'fff0U); }},
        {"free slot 0 is none",
         [](Image& i) { put(i, record_of(i, Kind::core).end - from_end + 4, 0U); }},
        {"only 0 of its free slots",
         [](Image& i) { put(i, record_of(i, Kind::core).end - from_end + 4, engine::no_slot); }},
        {"its records are not those",
         [](Image& i) { put(i, record_of(i, Kind::core).end - from_end + 8, 3U); }},
        {"is followed by itself",
         [](Image& i) {
             const auto free = record_of(i, Kind::free).begin + head;
             std::uint32_t slot = 0;
             std::memcpy(&slot, i.data() + free, sizeof slot);
             put(i, free + 4, slot);
         }},
        {"slot 1 is taken", [](Image& i) { put(i, record_of(i, Kind::ticket).begin + head, 1U); }},
        {"slot 1 is taken", [](Image& i) { put(i, record_of(i, Kind::free).begin + head, 1U); }},
        {"no kind that there is",
         [](Image& i) { put(i, record_of(i, Kind::kept).begin, std::uint8_t{6}); }},
        {"is of no account", [](Image& i) { put(i, record_of(i, Kind::kept).begin + 1, 1U); }},
        {"goes beyond its end",
         [](Image& i) { put(i, records_of(i).back().begin + 5, 0x7fff'ffffU); }},
        {"ends within itself",
         [](Image& i) {
             put(i, records_of(i).back().begin + 5,
                 static_cast<std::uint32_t>(records_of(i).back().end - records_of(i).back().begin -
                                            head - 1));
             i.pop_back();
         }},
        {"ends within itself",
         [](Image& i) {
             const auto core = record_of(i, Kind::core);
             put(i, core.begin + 5, static_cast<std::uint32_t>(core.end - core.begin - head + 1));
             i.insert(i.begin() + static_cast<std::ptrdiff_t>(core.end), std::byte{0});
         }},
        {"not as many accounts", [](Image& i) { put(i, 4, 0xffff'ffffU); }},
        // Memory is set aside for none that could not be there.
        {"not as many accounts",
         [](Image& i) {
             put(i, 4, static_cast<std::uint32_t>((i.size() - 8) / engine::record_head_bytes + 1));
         }},
        {"has version 2", [](Image& i) { put(i, 0, 2U); }},
    };
    for (const auto& [what, change] : all) {
        SCOPED_TRACE(what);
        const auto why = refusal(change);
        EXPECT_NE(why.find(what), std::string::npos) << why;
    }
}

}  // namespace
}  // namespace usher::testing
