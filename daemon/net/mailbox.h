// How cores talk. Each core has one mailbox; the others drop messages into it and ring its bell
// only when it sleeps, so a busy core costs nobody a system call. Messages of one sender arrive in
// the order in which they were sent.
//
// Nothing here refuses: the sender (shard_desk) bounds how many requests and bytes it has waiting
// at another core, and every answer was such a request. A Mailbox belongs to its reader's thread;
// what others may do to it is in MailRoute, of which each sender has its own.
#pragma once

#include <concurrentqueue/concurrentqueue.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/bell.h"
#include "net/message.h"

namespace usher::net {

class Mailbox {
  public:
    /// `senders`: how many other cores there are.
    Mailbox(std::uint32_t core, std::uint32_t senders, Bell& bell);

    std::uint32_t core() const { return core_; }

    /// An empty message of our own: one that came back, or (the pool is cold) a new one.
    Message& blank();

    /// Takes out what has come back. Calls `returned(message)` for each before it is emptied.
    template <class Returned>
    void reclaim(Returned returned) {
        Message* message = nullptr;
        while (returned_.try_dequeue(message)) {
            returned(*message);
            message->clear();
            blank_.push_back(message);
        }
    }

    /// The next message, in the sender's order; nullptr: none. The reader sends it back with
    /// MailRoute::give_back once it has read it.
    Message* next();

    /// Called before sleeping: false if there is mail. From true on, a sender rings the bell.
    bool may_sleep();
    void wake_up() { asleep_.store(false, std::memory_order_relaxed); }

  private:
    friend class MailRoute;
    using Line = moodycamel::ConcurrentQueue<Message*>;

    std::uint32_t core_;
    Bell& bell_;
    Line arrived_;
    Line returned_;
    moodycamel::ConsumerToken reading_;
    std::vector<std::unique_ptr<Message>> own_;
    std::vector<Message*> blank_;

    // Both are sequentially consistent where they decide about sleep: a sender that counts its
    // message and sees nobody asleep, and a reader that falls asleep and sees no message, cannot
    // both be right.
    alignas(64) std::atomic<std::int64_t> waiting_{0};
    std::atomic<bool> asleep_{false};
};

/// One sender's way into one mailbox. Belongs to the sender's thread.
class MailRoute {
  public:
    explicit MailRoute(Mailbox& to);

    void send(Message& message);
    /// An empty-handed return of a message that the mailbox's core had sent to us.
    void give_back(Message& message);

  private:
    Mailbox& to_;
    moodycamel::ProducerToken sending_;
    moodycamel::ProducerToken returning_;
};

}  // namespace usher::net
