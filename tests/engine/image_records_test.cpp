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

/// `bytes` in place of the first `count` behind `at`, and the record's length accordingly.
void replace(std::vector<std::byte>& image, const ImageRecord& record, std::size_t at,
             std::size_t count, const std::string& bytes) {
    const auto from = image.begin() + static_cast<std::ptrdiff_t>(at);
    image.erase(from, from + static_cast<std::ptrdiff_t>(count));
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
    image.insert(image.begin() + static_cast<std::ptrdiff_t>(at), begin, begin + bytes.size());
    put(image, record.begin + 5,
        static_cast<std::uint32_t>(record.end - record.begin - engine::record_head_bytes - count +
                                   bytes.size()));
}

std::string text(const std::string& value) {
    const auto size = static_cast<char>(value.size());
    return std::string{size, 0, 0, 0} + value;
}

std::uint32_t word_at(const std::vector<std::byte>& image, std::size_t at) {
    std::uint32_t word = 0;
    std::memcpy(&word, image.data() + at, sizeof word);
    return word;
}

TEST(Image, WithAKeyThatIsNoneOrAnothersIsRefused) {
    using Kind = engine::RecordKind;
    constexpr auto head = engine::record_head_bytes;
    const std::string too_long(65, 'k');
    for (const auto& key : {std::string(), too_long}) {
        const auto of_account = refusal([&](auto& image) {
            const auto core = record_of(image, Kind::core);
            replace(image, core, core.begin + head, 4 + 4, text(key));  // "acme"
        });
        EXPECT_NE(of_account.find("its key is none, or another's"), std::string::npos)
            << of_account;
        const auto of_ticket = refusal([&](auto& image) {
            const auto ticket = record_of(image, Kind::ticket);
            replace(image, ticket, ticket.begin + head + 4, 4 + 2, text(key));  // "m1"
        });
        EXPECT_NE(of_ticket.find("its key is none, or another's"), std::string::npos) << of_ticket;
    }
    const auto twice = refusal([&](auto& image) {
        const auto second = record_of(image, Kind::ticket, 1);
        replace(image, second, second.begin + head + 4, 4 + 2, text("m1"));
    });
    EXPECT_NE(twice.find("its key is none, or another's"), std::string::npos) << twice;
}

TEST(Image, OfTwoAccountsWithOneKeyIsRefused) {
    engine::Engine engine;
    FactKeeper facts;
    protocol::Answer answer;
    World world(rich_roster);
    const auto& definition = world.engine.account("acme")->definition;
    for (const auto* key : {"acme", "acmf"})
        engine.apply_roster(key, definition, {}, {1'772'450'000'000}, facts, answer);
    auto image = image_of(engine);
    std::string why;
    EXPECT_TRUE(reseal_image(image, why)) << why;
    const auto second = record_of(image, engine::RecordKind::core, 1);
    image[second.begin + engine::record_head_bytes + 4 + 3] = std::byte{'e'};
    EXPECT_FALSE(reseal_image(image, why));
    EXPECT_NE(why.find("its key is none, or another's"), std::string::npos) << why;
}

TEST(Image, WithARecordThatIsLongerOrShorterThanItsKindIsRefused) {
    using Kind = engine::RecordKind;
    for (const auto kind : {Kind::ticket, Kind::free, Kind::closed, Kind::kept})
        for (const bool longer : {true, false}) {
            const auto why = refusal([&](auto& image) {
                const auto record = record_of(image, kind);
                if (longer)
                    replace(image, record, record.end, 0, "x");
                else
                    replace(image, record, record.end - 1, 1, "");
            });
            EXPECT_NE(why.find("ends within itself"), std::string::npos) << why;
        }
}

TEST(Image, WithFreeSlotsThatGoRoundOrAreNamedTwiceIsRefused) {
    using Kind = engine::RecordKind;
    constexpr auto head = engine::record_head_bytes;
    const auto first_of = [](const auto& image, std::size_t n) {
        return record_of(image, Kind::free, n).begin + head;
    };
    const auto round = refusal([&](auto& image) {
        const auto a = first_of(image, 0), b = first_of(image, 1);
        put(image, a + 4, word_at(image, b));
        put(image, b + 4, word_at(image, a));
    });
    EXPECT_NE(round.find("is none, or comes twice"), std::string::npos) << round;
    const auto beyond =
        refusal([&](auto& image) { put(image, first_of(image, 0) + 4, std::uint32_t{1000}); });
    EXPECT_NE(beyond.find("free slot 1000 is none"), std::string::npos) << beyond;
    const auto twice = refusal(
        [&](auto& image) { put(image, first_of(image, 1), word_at(image, first_of(image, 0))); });
    EXPECT_NE(twice.find("is taken"), std::string::npos) << twice;
}

TEST(Image, WhoseCountsAreShiftedFromOneKindToAnotherIsRefused) {
    const auto why = refusal([](auto& image) {
        const auto counts = record_of(image, engine::RecordKind::core).end - (16 + 5 * 4);
        put(image, counts + 12, word_at(image, counts + 12) + 1);  // closed
        put(image, counts + 16, word_at(image, counts + 16) - 1);  // kept
    });
    EXPECT_NE(why.find("its records are not those that it counts"), std::string::npos) << why;
}

TEST(Image, ThatCannotBeTakenIsNotSaved) {
    Rich rich;
    const auto saved = engine::save_image(rich.world.engine, [](auto) -> Result<void> {
        return usher::fault(ExitCode::io, "no room");
    });
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().message, "no room");
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

// So many records there are; one of them is of another kind than was counted.
TEST(Image, ThatCountsASlotMoreAndAKeptAnswerLessIsRefused) {
    const auto why = refusal([](std::vector<std::byte>& image) {
        const auto end = record_of(image, engine::RecordKind::core).end - 16;
        put(image, end - 5 * 4, word_at(image, end - 5 * 4) + 1);
        put(image, end - 4, word_at(image, end - 4) - 1);
    });
    EXPECT_NE(why.find("its records are not those that it counts"), std::string::npos) << why;
}

}  // namespace
}  // namespace usher::testing
