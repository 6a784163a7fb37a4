// Opens the sockets on which the daemon listens. A port or a path that somebody else listens on is
// a fault that names it; the file of a unix socket that nobody listens on any more is removed.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/address.h"
#include "net/descriptor.h"

namespace usher::net {

/// One address and the sockets that accept for it: of TCP one for each core (SO_REUSEPORT: the
/// kernel deals the connections), of a unix socket one.
struct Listening {
    Address address;                  ///< with the port that it really has
    std::vector<Descriptor> sockets;  ///< non-blocking
};

Result<Listening> listen_on(const Address& address, std::uint32_t cores);

/// Removes the file of a unix socket that we made, if it is still ours.
class SocketFile {
  public:
    explicit SocketFile(std::string path);
    SocketFile(SocketFile&& other) noexcept;
    SocketFile& operator=(SocketFile&&) = delete;
    ~SocketFile();

  private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace usher::net
