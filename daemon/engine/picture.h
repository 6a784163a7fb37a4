// A picture: the state of an engine at one instant as an image (image.h), taken slice by slice
// while the state goes on. Nothing stops and nothing is copied ahead: what a fact is about to
// change goes into the picture first, the rest when its turn comes. (The way of Dragonfly's
// snapshots, with one ticket where that has a bucket.)
//
// All of it on the engine's thread. Cost while one is taken: a bit for each ticket, and what has
// been taken but not yet been collected. What of an account is not tickets or kept answers is taken
// in one go, and so is all of an account whose roster changes meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/engine.h"
#include "engine/image_format.h"

namespace usher::engine {

/// One account's part.
class AccountPicture {
  public:
    AccountPicture(const Account& account, std::vector<std::byte>& image);

    /// Before the fact is applied; `account` is as it was.
    void before(const Fact& fact);
    /// Before the first closed ticket leaves the list of those that will be forgotten.
    void before_closed_leaves();
    void before_kept_leaves();

    /// Takes about so many more things, and off `things` what it has taken. True: it has all.
    bool go_on(std::size_t& things);

  private:
    void take_core();
    void take_slot(Slot slot);
    void take_closed();
    void take_kept();
    void take_all();

    /// A list that only loses its first elements: how far the picture has it.
    struct Cursor {
        std::size_t count = 0;  ///< there were so many when it began
        std::size_t taken = 0;
        std::size_t left = 0;  ///< of them, have left the list since

        bool is_done() const { return taken == count; }
        std::size_t place() const { return taken - left; }  ///< of the next one to take
    };

    const Account& account_;
    std::vector<std::byte>& image_;
    RecordCounts counts_;
    bool core_taken_ = false;
    std::vector<bool> slot_taken_;
    Slot walk_ = 0;  ///< all slots before this are taken
    Cursor closed_;
    Cursor kept_;
};

class Picture {
  public:
    /// Begins: it will show the state as it is now. The engine outlives it and stays where it is.
    explicit Picture(const Engine& engine);
    /// What is not complete is given up.
    ~Picture();
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    /// Takes about so many more tickets or other things. True: it is complete.
    bool go_on(std::size_t things);

    const Digest& digest() const { return digest_; }  ///< of the state that it shows

    /// The image so far; whoever collects it leaves it empty. In order, nothing comes twice.
    std::vector<std::byte>& image() { return image_; }

  private:
    Digest digest_;
    std::vector<std::byte> image_;
    const Engine& engine_;
    std::vector<std::unique_ptr<AccountPicture>> accounts_;
    std::size_t walk_ = 0;  ///< all accounts before this are complete
};

}  // namespace usher::engine
