#include "tests/simulator/plants.h"

#include <array>

namespace usher::simulator {
namespace {

constexpr std::array all = {
    Plant{"ack_before_write", "answers leave before their facts are written"},
    Plant{"sync_forgotten", "answers leave before their facts are synced"},
    Plant{"every_50th_sync_skipped", "now and then a batch is not synced"},
    Plant{"sync_error_ignored", "a failed sync counts as a good one"},
    Plant{"sync_error_retried", "a failed sync is tried again, and then succeeds"},
};

}  // namespace

std::span<const Plant> plants() {
    return all;
}

}  // namespace usher::simulator
