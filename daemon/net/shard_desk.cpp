#include "net/shard_desk.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <variant>

#include "base/expect.h"
#include "base/probe.h"

namespace usher::net {

using protocol::Reject;

std::uint32_t shard_of_account(std::string_view account, std::uint32_t shards) {
    if (shards == 1) return 0;
    return static_cast<std::uint32_t>(XXH3_64bits(account.data(), account.size()) % shards);
}

ShardDesk::ShardDesk(std::uint32_t core, Office& office, ReplyPort& sessions, Counters& counters,
                     Bell& bell, std::vector<std::unique_ptr<shard::Shard>> shards)
    : core_(core),
      office_(office),
      sessions_(sessions),
      counters_(counters),
      mailbox_(*office.mailboxes[core]),
      colleagues_(office.cores()),
      shapes_(std::make_unique<protocol::RequestShapes>()),
      rosters_(office.roster_bytes, std::uint64_t{office.limits.roster_mib_max} << 20),
      clock_(core, office.clocks, {office.wall_clock, office.latest_state_time}) {
    put_off_.reserve(put_off_max);
    while (put_off_.size() < put_off_max) put_off_.emplace_back(*shapes_);
    for (std::uint32_t other = 0; other < office.cores(); ++other)
        if (other != core)
            colleagues_[other].route = std::make_unique<MailRoute>(*office.mailboxes[other]);
    for (auto& shard : shards) {
        shard->on_flushed([](void* to) { static_cast<Bell*>(to)->ring(); }, &bell);
        shards_.push_back({std::move(shard)});
    }
}

/// A read often brings many frames. Each is parsed and what it will look for in memory is fetched
/// while the others are parsed; then they are carried out in their order.
void ShardDesk::take(std::uint64_t session, const protocol::Frame& frame) {
    if (put_off_count_ == put_off_max) settle();
    auto& place = put_off_[put_off_count_];
    place.from = {session, frame.correlation};
    place.stamped = stages_.begins();
    PROBE2(request_taken, session, frame.correlation);
    const auto parsed = place.parser.parse(frame.payload);
    if (!parsed) {
        if (place.stamped) stages_.drop();
        settle();
        return refuse(place.from, parsed.reject, parsed.message);
    }
    place.request = parsed.request;
    const auto& body = parsed.request->body;
    if (std::holds_alternative<protocol::Route>(body) ||
        std::holds_alternative<protocol::Close>(body)) {
        place.shard = shard_of_account(parsed.request->account, office_.shards);
        if (is_ours(place.shard)) {
            own(place.shard).shard->prefetch(*parsed.request);
            ++put_off_count_;
            return;
        }
    }
    if (place.stamped) stages_.drop();
    settle();
    take_at_once(place.from, *parsed.request, frame.payload);
}

void ShardDesk::settle() {
    for (std::size_t i = 0; i < put_off_count_; ++i)
        own(put_off_[i].shard).shard->prefetch_ticket(*put_off_[i].request);
    for (std::size_t i = 0; i < put_off_count_; ++i) {
        const auto& [parser, request, from, shard, stamped] = put_off_[i];
        if (stamped) [[unlikely]] {
            submit_stamped(*request, shard, from.correlation, {core_, from.session});
            continue;
        }
        put_to_work(shard).submit(*request, from.correlation, {core_, from.session}, now());
    }
    put_off_count_ = 0;
}

void ShardDesk::submit_stamped(const protocol::Request& request, std::uint32_t shard,
                               std::uint64_t correlation, shard::Origin origin) {
    stages_.turn_came();
    auto& at = put_to_work(shard);
    at.submit(request, correlation, origin, now());
    if (at.is_draining()) return stages_.drop();  // it may have to wait for what goes before it
    stages_.decided(shard, at.last_seq());
}

void ShardDesk::take_at_once(Asked from, const protocol::Request& request,
                             std::span<const std::byte> payload) {
    const auto session = from.session;
    const auto& body = request.body;
    if (const auto* hello = std::get_if<protocol::Hello>(&body))
        return greet(from, *hello, request.account);
    if (std::holds_alternative<protocol::Ping>(body)) return done(from);
    if (std::holds_alternative<protocol::Status>(body)) return gather_status(from);
    if (std::holds_alternative<protocol::ApplyBegin>(body)) {
        rosters_.begin(session);
        return done(from);
    }
    if (const auto* part = std::get_if<protocol::ApplyPart>(&body)) return stage(from, *part);
    if (std::holds_alternative<protocol::ApplyCommit>(body))
        return carry_roster(from, request, payload);
    carry(from, request, payload);
}

void ShardDesk::forget(std::uint64_t session) {
    rosters_.forget(session);
}

// Answers of our own.

void ShardDesk::answer(Asked to, protocol::Answer& answer) {
    answer.at_ms = now().ms;
    sessions_.deliver(to.session, writer_.frame(to.correlation, answer));
}

void ShardDesk::done(Asked to) {
    protocol::Answer said;
    said.placement.outcome = protocol::Outcome::done;
    answer(to, said);
}

void ShardDesk::refuse(Asked to, Reject reject, std::string message) {
    protocol::Answer said;
    said.refuse(reject, std::move(message));
    answer(to, said);
}

/// The peers that were refused together do not come back together.
void ShardDesk::refuse_overloaded(Asked to, std::string message) {
    counters_.overloaded.add();
    protocol::Answer said;
    said.refuse(Reject::overloaded, std::move(message));
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;
    said.retry_after_ms =
        5 + static_cast<std::uint32_t>(((to.correlation + to.session) * golden) >> 60);
    answer(to, said);
}

/// Who names an account is told where its owner listens, in the way that he came: a path means
/// nothing to who came over TCP, from a container perhaps.
void ShardDesk::greet(Asked from, const protocol::Hello& hello, std::string_view account) {
    if (hello.version < protocol::protocol_version)
        return refuse(from, Reject::unsupported_version,
                      "version: " + std::to_string(hello.version) + " is older than " +
                          std::to_string(protocol::protocol_version) + ", the oldest spoken here");
    protocol::Answer said;
    said.placement.outcome = protocol::Outcome::done;
    said.hello = office_.greeting;
    if (!account.empty() && !office_.core_endpoints.empty()) {
        const auto owner = shard_of_account(account, office_.shards) % office_.cores();
        const auto& at = office_.core_endpoints[owner];
        said.hello->endpoint = sessions_.is_local(from.session) ? at.local : at.tcp;
    }
    answer(from, said);
}

void ShardDesk::stage(Asked from, const protocol::ApplyPart& part) {
    const auto refused = rosters_.add(from.session, part);
    if (!refused) return done(from);
    if (refused->reject == Reject::overloaded) return refuse_overloaded(from, refused->message);
    refuse(from, refused->reject, refused->message);
}

// To the shards.

shard::Shard& ShardDesk::put_to_work(std::uint32_t shard) {
    own(shard).has_work = true;
    return *own(shard).shard;
}

void ShardDesk::carry(Asked from, const protocol::Request& request,
                      std::span<const std::byte> payload) {
    const auto shard = shard_of_account(request.account, office_.shards);
    if (is_ours(shard))
        return put_to_work(shard).submit(request, from.correlation, {core_, from.session}, now());
    const auto owner = shard % office_.cores();
    if (!has_room(from, owner, payload.size())) return;
    message_for(owner)->add({LetterKind::request, shard, from.session, from.correlation}, payload);
    ++colleagues_[owner].frames_waiting;
    counters_.requests_crossed.add();
}

void ShardDesk::carry_roster(Asked from, const protocol::Request& request,
                             std::span<const std::byte> payload) {
    auto text = rosters_.take(from.session);
    if (!text) return refuse(from, Reject::not_allowed, "apply_commit: comes before apply_begin");
    const auto shard = shard_of_account(request.account, office_.shards);
    if (is_ours(shard))
        return put_to_work(shard).submit_roster(request, *text, from.correlation,
                                                {core_, from.session}, now());
    const auto owner = shard % office_.cores();
    if (!has_room(from, owner, payload.size())) return;
    auto* message = message_for(owner);
    message->add({LetterKind::roster, shard, from.session, from.correlation}, payload);
    message->rosters.push_back(std::move(text));
    ++colleagues_[owner].frames_waiting;
    counters_.requests_crossed.add();
}

void ShardDesk::deliver(shard::Origin to, std::span<const std::byte> frame) {
    if (to.core == core_) return sessions_.deliver(to.session, frame);
    message_for(to.core)->add({LetterKind::reply, 0, to.session, 0}, frame);
}

// `status`.

void ShardDesk::own_status(std::vector<GatheredLine>& lines) const {
    std::vector<protocol::StatusEntry> entries;
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        entries.clear();
        shards_[i].shard->status(entries);
        const auto number = core_ + static_cast<std::uint32_t>(i) * office_.cores();
        for (auto& entry : entries) lines.push_back({number, std::move(entry)});
    }
    append_stages(core_, office_.shards, stages_, lines);
}

void ShardDesk::gather_status(Asked from) {
    if (!gatherings_.has_room())
        return refuse_overloaded(from, "status: too many are being gathered");
    Gathering gathering{from.session, from.correlation, 0, {}};
    own_status(gathering.lines);
    const auto cores_with_shards = std::min(office_.cores(), office_.shards);
    for (std::uint32_t core = 0; core < cores_with_shards; ++core) {
        if (core == core_) continue;
        message_for(core)->add({LetterKind::ask_status, 0, from.session, from.correlation}, {});
        ++colleagues_[core].frames_waiting;
        ++gathering.missing;
    }
    if (gathering.missing == 0) return answer_status(gathering);
    gatherings_.begin(std::move(gathering));
}

void ShardDesk::answer_status(const Gathering& gathering) {
    protocol::Answer said;
    said.placement.outcome = protocol::Outcome::done;
    auto& entries = said.entries.emplace();
    office_.daemon_lines(entries);
    append_by_shard(gathering.lines, entries);
    answer({gathering.session, gathering.correlation}, said);
}

// Mail.

Message* ShardDesk::message_for(std::uint32_t core) {
    auto& outgoing = colleagues_[core].outgoing;
    if (outgoing == nullptr) outgoing = &mailbox_.blank();
    return outgoing;
}

bool ShardDesk::has_room(Asked from, std::uint32_t core, std::size_t bytes) {
    const auto& at = colleagues_[core];
    const auto unsent = at.outgoing == nullptr ? 0 : at.outgoing->bytes.size();
    const bool room =
        at.frames_waiting < office_.limits.mail_frames_max &&
        at.bytes_waiting + unsent + bytes <= std::uint64_t{office_.limits.mail_mib_max} << 20;
    if (!room) refuse_overloaded(from, "the core that owns this account has too much waiting");
    return room;
}

void ShardDesk::send_mail() {
    for (auto& colleague : colleagues_) {
        if (colleague.outgoing == nullptr) continue;
        colleague.bytes_waiting += colleague.outgoing->bytes.size();
        colleague.route->send(*colleague.outgoing);
        colleague.outgoing = nullptr;
        counters_.mail_sent.add();
    }
}

/// True: there may be more.
bool ShardDesk::read_mail() {
    mailbox_.reclaim([this](const Message& message) {
        colleagues_[message.reader].bytes_waiting -= message.bytes.size();
    });
    for (std::uint32_t n = 0; n < office_.limits.mail_per_turn; ++n) {
        auto* message = mailbox_.next();
        if (message == nullptr) return false;
        read(*message);
        colleagues_[message->home].route->give_back(*message);
    }
    return true;
}

void ShardDesk::read(Message& message) {
    std::size_t rosters_read = 0;
    for (const auto& letter : message.letters) {
        const auto content = message.content(letter);
        const shard::Origin origin{message.home, letter.session};
        switch (letter.kind) {
            case LetterKind::request:
            case LetterKind::roster: {
                const auto parsed = parser_.parse(content);
                EXPECT(parsed.request != nullptr);  // the sender has parsed the same bytes
                auto& shard = put_to_work(letter.shard);
                if (letter.kind == LetterKind::request && stages_.begins())
                    submit_stamped(*parsed.request, letter.shard, letter.correlation, origin);
                else if (letter.kind == LetterKind::request)
                    shard.submit(*parsed.request, letter.correlation, origin, now());
                else
                    shard.submit_roster(*parsed.request, *message.rosters[rosters_read++],
                                        letter.correlation, origin, now());
                break;
            }
            case LetterKind::reply:
                --colleagues_[message.home].frames_waiting;
                sessions_.deliver(letter.session, content);
                break;
            case LetterKind::ask_status: {
                std::vector<GatheredLine> lines;
                std::vector<std::byte> bytes;
                own_status(lines);
                write_lines(lines, bytes);
                message_for(message.home)
                    ->add({LetterKind::status_lines, 0, letter.session, letter.correlation}, bytes);
                break;
            }
            case LetterKind::status_lines:
                --colleagues_[message.home].frames_waiting;
                if (const auto complete =
                        gatherings_.add(letter.session, letter.correlation, content))
                    answer_status(*complete);
                break;
        }
    }
}

// The turn.

/// Other cores get their share before our own commit, so that they work while we wait for the disk.
Result<bool> ShardDesk::finish_turn() {
    send_mail();
    bool more = read_mail();
    for (auto& own : shards_) {
        if (!own.has_work && !own.shard->answers_wait()) continue;
        own.has_work = false;
        auto* stages = stages_.of_shard(own.shard->number());
        if (auto committed = own.shard->commit(*this, stages); !committed) return committed.error();
        more = more || own.shard->has_more();
    }
    send_mail();
    now_.reset();
    return more;
}

std::optional<std::chrono::steady_clock::time_point> ShardDesk::sleep_until() const {
    std::optional<std::chrono::steady_clock::time_point> first;
    for (const auto& own : shards_)
        if (const auto end = own.shard->pause_ends()) first = std::min(first.value_or(*end), *end);
    return first;
}

void ShardDesk::begin_to_stop() {
    for (auto& own : shards_) own.shard->stop_followers();
}

void ShardDesk::tick() {
    for (auto& own : shards_) own.shard->tick_followers();
    if (!office_.wall_clock || ++ticks_ % sweeps_per_second != 0) return;
    const auto at = now();  // without shards, too: a clock that is not looked at finds no step
    for (auto& own : shards_) {
        own.shard->tick(at);
        own.has_work = true;
    }
}

Result<void> ShardDesk::close() {
    for (auto& own : shards_)
        if (auto closed = own.shard->close(*this); !closed) return closed;
    return {};
}

Instant ShardDesk::now() {
    if (!now_) now_ = clock_.now();
    return *now_;
}

}  // namespace usher::net
