#include "net/mailbox.h"

#include "base/expect.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// moodycamel orders the reuse of its blocks with fences, which ThreadSanitizer does not see. What
// the messages say is ordered by the line's indexes, which it does see: that stays checked.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
    return "race:moodycamel::ConcurrentQueue";
}
#endif
#endif

namespace usher::net {
namespace {

constexpr std::size_t messages_ahead = 512;  ///< for which there is room without allocating

}  // namespace

Mailbox::Mailbox(std::uint32_t core, std::uint32_t senders, Bell& bell)
    : core_(core),
      bell_(bell),
      arrived_(messages_ahead, senders, 0),
      returned_(messages_ahead, senders, 0),
      reading_(arrived_) {}

Message& Mailbox::blank() {
    if (blank_.empty()) {
        own_.push_back(std::make_unique<Message>());
        own_.back()->home = core_;
        blank_.push_back(own_.back().get());
    }
    auto* message = blank_.back();
    blank_.pop_back();
    return *message;
}

Message* Mailbox::next() {
    // The counter is cheap to look at, the line is not. A message that is in the line but not yet
    // counted is found in a later turn: its sender rings or sees us awake.
    if (waiting_.load(std::memory_order_acquire) <= 0) return nullptr;
    Message* message = nullptr;
    if (!arrived_.try_dequeue(reading_, message)) return nullptr;
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    return message;
}

bool Mailbox::may_sleep() {
    asleep_.store(true, std::memory_order_seq_cst);
    if (waiting_.load(std::memory_order_seq_cst) == 0) return true;
    asleep_.store(false, std::memory_order_relaxed);
    return false;
}

MailRoute::MailRoute(Mailbox& to) : to_(to), sending_(to.arrived_), returning_(to.returned_) {}

void MailRoute::send(Message& message) {
    message.reader = to_.core_;
    const bool sent = to_.arrived_.enqueue(sending_, &message);
    EXPECT(sent);
    to_.waiting_.fetch_add(1, std::memory_order_seq_cst);
    if (to_.asleep_.load(std::memory_order_seq_cst) && to_.asleep_.exchange(false))
        to_.bell_.ring();
}

void MailRoute::give_back(Message& message) {
    const bool returned = to_.returned_.enqueue(returning_, &message);
    EXPECT(returned);
}

}  // namespace usher::net
