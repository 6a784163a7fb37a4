// The disk as a program sees it that forgets or misreads some of its calls: bugs of a journal that
// need no change of its code. With no bug chosen every call goes through as it is.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "journal/disk.h"

namespace usher::simulator {

class ForgetfulDisk final : public journal::Disk {
  public:
    /// `syncs` counts on from life to life.
    ForgetfulDisk(journal::Disk& disk, std::uint64_t& syncs) : disk_(disk), syncs_(syncs) {}

    int open(int directory, const std::string& name, journal::OpenFor purpose) override;
    int close(int fd) override;
    std::int64_t read(int fd, std::span<std::byte> into, std::uint64_t offset) override;
    std::int64_t write(int fd, std::span<const std::byte> from, std::uint64_t offset) override;
    std::int64_t size(int fd) override { return disk_.size(fd); }
    int truncate(int fd, std::uint64_t size) override;
    int sync_contents(int fd) override;
    int sync(int fd) override;
    int rename(int directory, const std::string& from, const std::string& to) override;
    int remove(int directory, const std::string& name) override;
    int make_directory(int directory, const std::string& name) override {
        return disk_.make_directory(directory, name);
    }
    int list(int directory, std::vector<journal::DirectoryEntry>& out) override {
        return disk_.list(directory, out);
    }

  private:
    journal::Disk& disk_;
    std::set<int> directories_;
    std::set<int> watermarks_;
    std::uint64_t& syncs_;
};

}  // namespace usher::simulator
