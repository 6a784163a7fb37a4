#include "tests/simulator/plants.h"

#include <array>

namespace usher::simulator {
namespace {

constexpr std::array all = {
    Plant{"ack_before_write", "answers leave before their facts are written"},
    Plant{"ack_before_sync", "answers leave before their facts are synced"},
    Plant{"followers_told_before_write", "followers are told of facts before they are written"},
    Plant{"sync_forgotten", "the journal's syncs are never made"},
    Plant{"every_50th_sync_skipped", "now and then a batch is not synced"},
    Plant{"sync_error_ignored", "a failed sync counts as a good one"},
    Plant{"sync_error_retried", "a failed sync is tried again, and then succeeds"},
    Plant{"write_error_ignored", "a write that fails counts as done"},
    Plant{"enospc_ignored", "a write for which there is no room counts as done"},
    Plant{"short_write_taken_for_whole", "a write that was cut short counts as done"},
    Plant{"directory_sync_forgotten", "directories are not synced after a rename"},
    Plant{"file_sync_forgotten", "new files are not synced before they get their name"},
    Plant{"watermark_not_written", "nothing says what was confirmed"},
    Plant{"page_cache_believed", "recovery reads the page cache, not the device"},
    Plant{"cut_below_watermark", "recovery cuts at the first bad checksum, whatever was confirmed"},
    Plant{"torn_batch_accepted", "the checksum of a batch's records is not looked at"},
    Plant{"wrong_epoch_accepted", "a batch of another segment is taken for one of this"},
    Plant{"roll_without_sync", "a full segment is left without a last sync"},
    Plant{"index_leaves_out_an_account", "the index of a segment leaves out its last account"},
    Plant{"replay_drops_last_fact", "the last fact of a batch is not replayed"},
    Plant{"replay_begins_too_late", "the fact after a snapshot is not replayed"},
    Plant{"pruned_too_early", "segments go with one snapshot that is newer, not two"},
    Plant{"kept_answers_not_replayed", "answers to keys are not kept across a restart"},
    Plant{"image_loses_kept_answers", "answers to keys are not in the snapshot"},
    Plant{"image_loses_what_waits", "waiting tickets are not in the snapshot"},
    Plant{"image_loses_turns", "turns of round robin are not in the snapshot"},
    Plant{"image_loses_forgetting", "closed tickets of the snapshot are never forgotten"},
    Plant{"image_loses_window", "assignments of the snapshot count for ever"},
    Plant{"picture_misses_what_changes",
          "a ticket that changes while a snapshot is taken is not in it"},
    Plant{"picture_takes_counts_late",
          "counts that change while a snapshot is taken are later ones"},
    Plant{"snapshot_ahead_of_journal", "a snapshot is finished before its journal is durable"},
    Plant{"retry_carried_out_again", "a request with a key is carried out again"},
    Plant{"clock_runs_back", "the shard's time follows a clock that runs back"},
    Plant{"clock_backwards_accepted", "a request before the account's time is carried out"},
};

}  // namespace

std::span<const Plant> plants() {
    return all;
}

}  // namespace usher::simulator
