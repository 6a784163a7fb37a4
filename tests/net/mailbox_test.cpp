// Two cores' threads that write to each other as fast as they can, asleep whenever they may be.
#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <thread>

#include "net/mailbox.h"

namespace usher::net {
namespace {

struct Ends {
    Bell bell_a;
    Bell bell_b;
    Mailbox a{0, 1, bell_a};
    Mailbox b{1, 1, bell_b};
    MailRoute to_b{b};
    MailRoute to_a{a};
};

void send_number(Mailbox& from, MailRoute& to, std::uint64_t number) {
    auto& message = from.blank();
    message.add({LetterKind::request, 0, number, number}, std::as_bytes(std::span(&number, 1)));
    to.send(message);
}

TEST(Mailbox, KeepsTheOrderOfItsSenderAndGivesMessagesBackEmpty) {
    Ends ends;
    for (std::uint64_t n = 0; n < 5; ++n) send_number(ends.a, ends.to_b, n);
    for (std::uint64_t n = 0; n < 5; ++n) {
        auto* message = ends.b.next();
        ASSERT_NE(message, nullptr);
        EXPECT_EQ(message->home, 0u);
        EXPECT_EQ(message->reader, 1u);
        ASSERT_EQ(message->letters.size(), 1u);
        EXPECT_EQ(message->letters[0].session, n);
        EXPECT_EQ(message->content(message->letters[0]).size(), sizeof n);
        ends.to_a.give_back(*message);
    }
    EXPECT_EQ(ends.b.next(), nullptr);
    std::size_t returned = 0;
    ends.a.reclaim([&](const Message& message) {
        EXPECT_FALSE(message.bytes.empty());  // what was waiting there is known until now
        ++returned;
    });
    EXPECT_EQ(returned, 5u);
    EXPECT_TRUE(ends.a.blank().letters.empty());
}

TEST(Mailbox, DoesNotSleepOverMail) {
    Ends ends;
    EXPECT_TRUE(ends.b.may_sleep());
    ends.b.wake_up();
    send_number(ends.a, ends.to_b, 1);
    EXPECT_FALSE(ends.b.may_sleep());
    ends.to_a.give_back(*ends.b.next());
    EXPECT_TRUE(ends.b.may_sleep());
}

TEST(Mailbox, RingsOnceForASleeperAndNotForAReaderWhoIsAwake) {
    Ends ends;
    const auto rung = [&ends] {
        pollfd bell{ends.bell_b.fd(), POLLIN, 0};
        return ::poll(&bell, 1, 0) == 1;
    };
    send_number(ends.a, ends.to_b, 1);
    EXPECT_FALSE(rung());
    ends.to_a.give_back(*ends.b.next());
    ASSERT_TRUE(ends.b.may_sleep());
    send_number(ends.a, ends.to_b, 2);
    EXPECT_TRUE(rung());
    ends.bell_b.silence();
    send_number(ends.a, ends.to_b, 3);
    EXPECT_FALSE(rung());  // awake since the bell
}

TEST(Mailbox, AlignsEveryLetter) {
    Message message;
    const std::array<std::byte, 40> bytes{};
    for (std::size_t size = 0; size <= bytes.size(); ++size)
        message.add({LetterKind::reply, 0, size, 0}, std::span(bytes).first(size));
    for (const auto& letter : message.letters) {
        EXPECT_EQ(letter.begin % Message::alignment, 0u);
        EXPECT_EQ(message.content(letter).size(), letter.session);
    }
}

/// One end of a conversation: sends `count` numbers, at most `ahead` of what has come, and checks
/// that the other's arrive in order. Sleeps on its bell whenever the mailbox lets it.
void converse(Mailbox& mine, MailRoute& out, Bell& bell, std::uint64_t count, bool& in_order) {
    constexpr std::uint64_t ahead = 64;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    in_order = true;
    while (sent < count || received < count) {
        while (sent < count && sent < received + ahead) send_number(mine, out, sent++);
        while (auto* message = mine.next()) {
            for (const auto& letter : message->letters) {
                std::uint64_t number = 0;
                std::memcpy(&number, message->content(letter).data(), sizeof number);
                in_order = in_order && number == received && letter.session == received;
                ++received;
            }
            out.give_back(*message);
        }
        mine.reclaim([](const Message&) {});
        if ((sent < count && sent < received + ahead) || received == count) continue;
        if (!mine.may_sleep()) continue;
        pollfd waiting{bell.fd(), POLLIN, 0};
        if (::poll(&waiting, 1, 20'000) == 0) {
            in_order = false;  // a message that nobody rang for
            return;
        }
        bell.silence();
        mine.wake_up();
    }
}

TEST(Mailbox, LosesNothingAndNoWakeUpBetweenTwoThreads) {
    constexpr std::uint64_t count = 50'000;
    Ends ends;
    bool a_in_order = false;
    bool b_in_order = false;
    std::thread other([&] { converse(ends.b, ends.to_a, ends.bell_b, count, b_in_order); });
    converse(ends.a, ends.to_b, ends.bell_a, count, a_in_order);
    other.join();
    EXPECT_TRUE(a_in_order);
    EXPECT_TRUE(b_in_order);
}

}  // namespace
}  // namespace usher::net
