// The daemon's desk on two cores with three shards (in memory): what is answered here, what goes to
// the shards, and that nothing is lost or turned round on the way between cores.
#include "net/shard_desk.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "journal/directory.h"
#include "tests/net/harness.h"

namespace usher::net::testing {
namespace {

using protocol::Outcome;
using protocol::Reject;
using protocol::Request;

constexpr std::string_view roster = R"(
[account]
key = "ACCOUNT"
[[agent]]
key = "anna"
seat = "service"
availability = "available"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  users = ["anna"]
)";

std::string roster_of(const std::string& account) {
    std::string text(roster);
    return text.replace(text.find("ACCOUNT"), 7, account);
}

/// A daemon's inside, on a unix socket: its connections are dealt to core 0, 1, 0, 1, ….
class House {
  public:
    explicit House(std::uint32_t cores, std::uint32_t shards, const Limits& limits = {})
        : limits_(limits), office_(limits_) {
        journal::DirectoryOptions made;
        made.path = directory_.path("data");
        made.shards = shards;
        auto data = journal::DataDirectory::open(made);
        EXPECT_TRUE(data) << data.error().message;
        data_ = std::move(*data);
        auto server = Server::create(cores, limits_);
        EXPECT_TRUE(server);
        server_ = std::move(*server);
        office_.shards = shards;
        office_.greeting.server = "usherd of a test";
        office_.greeting.version = 1;
        office_.daemon_lines = [this](auto& out) { server_->status(out); };
        office_.furnish(server_->bells());
        server_->furnish([&](Server::Place at) {
            std::vector<std::unique_ptr<shard::Shard>> own;
            for (auto number = at.core; number < shards; number += cores)
                own.push_back(open_shard(number));
            return std::make_unique<ShardDesk>(at.core, office_, at.sessions, at.counters, at.bell,
                                               std::move(own));
        });
        const auto address = parse_address("unix:" + directory_.path("s"));
        EXPECT_TRUE(server_->listen({std::get<Address>(address)}));
        server_->start([](const Fault& fault) { FAIL() << fault.message; });
    }
    ~House() { server_->stop(); }

    std::string endpoint() const { return server_->endpoints().front(); }
    std::uint64_t roster_bytes() const { return office_.roster_bytes.load(); }

  private:
    std::unique_ptr<shard::Shard> open_shard(std::uint32_t number) const {
        shard::ShardOptions options;
        options.number = number;
        options.directory_fd = data_->shard_fd(number);
        options.directory_name = data_->shard_name(number);
        options.durability = shard::Durability::memory;
        std::vector<std::string> notes;
        auto opened = shard::Shard::open(options, notes);
        EXPECT_TRUE(opened) << opened.error().message;
        return std::move(*opened);
    }

    TemporaryDirectory directory_;
    std::unique_ptr<journal::DataDirectory> data_;
    Limits limits_;
    Office office_;
    std::unique_ptr<Server> server_;
};

Request request(std::string_view account, protocol::Body body) {
    Request made;
    made.account = account;
    made.body = std::move(body);
    return made;
}

RawClient::Decoded ask(RawClient& client, const Request& asked) {
    static std::uint64_t correlation = 1'000'000;
    EXPECT_TRUE(client.send(encoded(++correlation, asked)));
    const auto answer = client.receive_decoded();
    if (!answer) {
        ADD_FAILURE() << "no answer";
        return {};
    }
    EXPECT_EQ(answer->correlation, correlation);
    return *answer;
}

RawClient::Decoded apply_small_roster(RawClient& client, const std::string& account) {
    const auto text = roster_of(account);
    EXPECT_EQ(ask(client, request(account, protocol::ApplyBegin{})).outcome, Outcome::done);
    // In two parts, cut in the middle of a word.
    const std::string_view all(text);
    for (const auto part : {all.substr(0, all.size() / 2), all.substr(all.size() / 2)})
        EXPECT_EQ(ask(client, request(account, protocol::ApplyPart{"roster.toml", part})).outcome,
                  Outcome::done);
    return ask(client, request(account, protocol::ApplyCommit{}));
}

/// An account that lives on a shard of `core`.
std::string account_at(std::uint32_t core, std::uint32_t cores, std::uint32_t shards) {
    for (int n = 0;; ++n) {
        auto account = "account-" + std::to_string(n);
        if (shard_of_account(account, shards) % cores == core) return account;
    }
}

TEST(ShardOfAccount, IsWhatItWasInEveryReleaseBefore) {
    // Data directories depend on these numbers: never change them.
    EXPECT_EQ(shard_of_account("acme", 64), 33u);
    EXPECT_EQ(shard_of_account("", 64), 2u);
    EXPECT_EQ(shard_of_account("Åre Fjällservice", 64), 57u);
}

TEST(ShardDesk, SaysHelloAndAnswersAPing) {
    House house(2, 3);
    RawClient client(house.endpoint());
    EXPECT_EQ(ask(client, request("", protocol::Hello{1, "test"})).outcome, Outcome::done);
    EXPECT_EQ(ask(client, request("", protocol::Ping{})).outcome, Outcome::done);
    const auto refused = ask(client, request("", protocol::Hello{0, "ancient"}));
    EXPECT_NE(refused.reject, Reject::none);
    EXPECT_EQ(ask(client, request("", protocol::Ping{})).outcome, Outcome::done);
}

TEST(ShardDesk, RefusesABadFieldAndLivesOn) {
    House house(2, 3);
    RawClient client(house.endpoint());
    const auto refused = ask(client, request("acme", protocol::GetTicket{""}));
    EXPECT_EQ(refused.reject, Reject::bad_field);
    EXPECT_NE(refused.message.find("ticket"), std::string::npos);
    EXPECT_EQ(ask(client, request("", protocol::Ping{})).outcome, Outcome::done);
}

TEST(ShardDesk, RefusesAPayloadThatIsNoRequestAndLivesOn) {
    House house(2, 3);
    RawClient client(house.endpoint());
    ASSERT_TRUE(client.send(request_frame(5, 200)));
    const auto refused = client.receive_decoded();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, Reject::bad_frame);
    EXPECT_EQ(ask(client, request("", protocol::Ping{})).outcome, Outcome::done);
}

// On both cores at once; what is wrong with one request is said of that one alone.
TEST(ShardDesk, AnswersABatchForAccountsOfBothCoresRequestByRequest) {
    House house(2, 3);
    RawClient client(house.endpoint());
    std::vector<Bytes> asked;
    for (const std::uint32_t core : {0u, 1u}) {
        const auto account = account_at(core, 2, 3);
        ASSERT_EQ(apply_small_roster(client, account).outcome, Outcome::done);
        protocol::Route route;
        route.ticket = "t";
        route.channel = "mail";
        for (const auto& body : {protocol::Body(route), protocol::Body(protocol::Close{"t"}),
                                 protocol::Body(protocol::GetTicket{""})})
            asked.push_back(encoded(asked.size(), request(account, body)));
        asked.push_back(request_frame(asked.size(), 200));  // no request at all
    }
    ASSERT_TRUE(client.send(batch_frame(asked)));
    std::map<std::uint64_t, RawClient::Decoded> answers;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto answer = client.receive_decoded();
        ASSERT_TRUE(answer);
        answers[answer->correlation] = *answer;
    }
    for (const std::uint64_t first : {0u, 4u}) {
        EXPECT_EQ(answers[first].outcome, Outcome::assigned);
        EXPECT_EQ(answers[first + 1].outcome, Outcome::status);
        EXPECT_EQ(answers[first + 2].reject, Reject::bad_field);
        EXPECT_EQ(answers[first + 3].reject, Reject::bad_frame);
    }
}

std::vector<protocol::StatusEntry> status_lines(RawClient& client) {
    EXPECT_TRUE(client.send(encoded(1, request("", protocol::Status{}))));
    const auto reply = client.receive();
    if (!reply) return {};
    protocol::ReplyParser parser;
    const auto parsed = parser.parse(reply->payload);
    return parsed && parsed.answer->entries ? *parsed.answer->entries
                                            : std::vector<protocol::StatusEntry>();
}

TEST(ShardDesk, GathersTheStatusOfAllShardsOnEveryCore) {
    House house(2, 3);
    for (int connection = 0; connection < 2; ++connection) {
        RawClient client(house.endpoint());
        std::vector<std::string> scopes;
        for (const auto& entry : status_lines(client))
            if (scopes.empty() || scopes.back() != entry.scope) scopes.push_back(entry.scope);
        EXPECT_EQ(scopes, (std::vector<std::string>{"daemon", "shard 0", "shard 1", "shard 2",
                                                    "core 0", "core 1"}));
    }
}

// Those that another core sends over are stamped where they are carried out.
TEST(ShardDesk, StampsOneRequestInSoManyOnEveryCore) {
    House house(2, 3);
    RawClient client(house.endpoint());
    for (const std::uint32_t core : {0u, 1u}) {
        const auto account = account_at(core, 2, 3);
        ASSERT_EQ(apply_small_roster(client, account).outcome, Outcome::done);
        for (std::uint32_t i = 0; i < 3 * shard::Stages::one_in; ++i) {
            const auto key = "t" + std::to_string(i);
            protocol::Route route;
            route.ticket = key;
            route.channel = "mail";
            ASSERT_EQ(ask(client, request(account, route)).outcome, Outcome::assigned);
        }
    }
    std::map<std::string, std::string> lines;
    for (const auto& entry : status_lines(client))
        lines[entry.scope + " " + entry.name] = entry.value;
    for (const std::string core : {"core 0 ", "core 1 "}) {
        const auto stamped = std::stoul(lines[core + "stage_decide_stamped"]);
        EXPECT_GE(stamped, 2U);
        EXPECT_EQ(std::stoul(lines[core + "stage_read_stamped"]), stamped);
        EXPECT_EQ(std::stoul(lines[core + "stage_write_stamped"]), stamped);
        EXPECT_EQ(lines[core + "stage_append_stamped"], "0") << "in memory";
        EXPECT_GT(std::stoul(lines[core + "stage_decide_p50_ns"]), 0U);
        EXPECT_GE(std::stoul(lines[core + "stage_decide_max_ns"]),
                  std::stoul(lines[core + "stage_decide_p50_ns"]));
    }
}

TEST(ShardDesk, AppliesARosterInPartsOnWhicheverCoreItsShardIs) {
    House house(2, 3);
    for (const std::uint32_t core : {0u, 1u}) {
        RawClient client(house.endpoint());
        const auto account = account_at(core, 2, 3);
        const auto applied = apply_small_roster(client, account);
        EXPECT_EQ(applied.outcome, Outcome::done) << applied.message;
        EXPECT_EQ(ask(client, request(account, protocol::GetAgent{"anna"})).outcome, Outcome::done);
        EXPECT_EQ(house.roster_bytes(), 0u);
    }
}

TEST(ShardDesk, RefusesPartsOfARosterThatComeOutOfTurn) {
    House house(1, 1);
    RawClient client(house.endpoint());
    EXPECT_EQ(ask(client, request("a", protocol::ApplyPart{"f", "x"})).reject, Reject::not_allowed);
    EXPECT_EQ(ask(client, request("a", protocol::ApplyCommit{})).reject, Reject::not_allowed);
    ask(client, request("a", protocol::ApplyBegin{}));
    ask(client, request("a", protocol::ApplyPart{"f", "x"}));
    ask(client, request("a", protocol::ApplyPart{"g", "y"}));
    EXPECT_EQ(ask(client, request("a", protocol::ApplyPart{"f", "z"})).reject, Reject::bad_field);
}

TEST(ShardDesk, BoundsTheRostersThatAreOnTheirWayAndForgetsThoseOfClosedConnections) {
    Limits limits;
    limits.roster_mib_max = 1;
    House house(2, 2, limits);
    const std::string part(protocol::roster_part_bytes_max, '#');
    {
        RawClient client(house.endpoint());
        ask(client, request("a", protocol::ApplyBegin{}));
        RawClient::Decoded answer;
        int taken = 0;
        while ((answer = ask(client, request("a", protocol::ApplyPart{"f", part}))).outcome ==
               Outcome::done)
            ++taken;
        EXPECT_EQ(answer.reject, Reject::overloaded);
        EXPECT_EQ(taken, 7);
        RawClient other(house.endpoint());
        ask(other, request("b", protocol::ApplyBegin{}));
        EXPECT_EQ(ask(other, request("b", protocol::ApplyPart{"f", part})).reject,
                  Reject::overloaded);
    }
    for (int n = 0; n < 2'000 && house.roster_bytes() > 0; ++n)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(house.roster_bytes(), 0u);
}

TEST(ShardDesk, RefusesWhatAnotherCoreHasNoRoomFor) {
    Limits limits;
    limits.mail_frames_max = 4;
    House house(2, 2, limits);
    RawClient client(house.endpoint());  // the first connection: core 0
    const auto account = account_at(1, 2, 2);
    Bytes all;
    constexpr std::uint64_t count = 20;
    for (std::uint64_t n = 0; n < count; ++n) {
        const auto frame = encoded(n, request(account, protocol::GetTicket{"t"}));
        all.insert(all.end(), frame.begin(), frame.end());
    }
    ASSERT_TRUE(client.send(all));  // one segment, one read
    std::map<Reject, int> rejects;
    for (std::uint64_t n = 0; n < count; ++n) {
        const auto answer = client.receive_decoded();
        ASSERT_TRUE(answer);
        ++rejects[answer->reject];
    }
    EXPECT_GE(rejects[Reject::unknown_account], 4);
    EXPECT_GT(rejects[Reject::overloaded], 0);
    EXPECT_EQ(rejects[Reject::unknown_account] + rejects[Reject::overloaded], 20);
    EXPECT_EQ(ask(client, request(account, protocol::GetTicket{"t"})).reject,
              Reject::unknown_account);  // the room comes back
}

/// Sends for its accounts, deeply pipelined: route a ticket, look at it, close it, close it again.
/// Each answer tells whether what came before it had its effect.
void talk(const std::string& endpoint, const std::vector<std::string>& accounts, int number) {
    constexpr int rounds = 150;
    RawClient client(endpoint);
    struct Expected {
        std::string account;
        Reject reject;
    };
    std::map<std::uint64_t, Expected> waiting;
    std::map<std::string, std::uint64_t> last_of_account;
    Bytes all;
    std::uint64_t correlation = 0;
    const auto send = [&](const std::string& account, protocol::Body body, Reject reject) {
        const auto frame = encoded(++correlation, request(account, std::move(body)));
        all.insert(all.end(), frame.begin(), frame.end());
        waiting[correlation] = {account, reject};
    };
    for (int round = 0; round < rounds; ++round) {
        const auto& account = accounts[static_cast<std::size_t>(round) % accounts.size()];
        const auto ticket = "t-" + std::to_string(number) + "-" + std::to_string(round);
        protocol::Route route;
        route.ticket = ticket;
        route.channel = "mail";
        send(account, protocol::GetTicket{ticket}, Reject::unknown_ticket);
        send(account, route, Reject::none);
        send(account, protocol::GetTicket{ticket}, Reject::none);
        send(account, protocol::Close{ticket}, Reject::none);
        send(account, protocol::Close{ticket}, Reject::already_closed);
    }
    std::thread sender([&] { client.send(all); });
    while (!waiting.empty()) {
        const auto answer = client.receive_decoded();
        ASSERT_TRUE(answer) << waiting.size() << " answers are missing";
        const auto found = waiting.find(answer->correlation);
        ASSERT_NE(found, waiting.end()) << "answered twice, or never asked";
        EXPECT_EQ(answer->reject, found->second.reject) << answer->message;
        auto& last = last_of_account[found->second.account];
        EXPECT_GT(answer->correlation, last);
        last = answer->correlation;
        waiting.erase(found);
    }
    sender.join();
}

TEST(ShardDesk, AnswersEachAccountInTheOrderOfItsRequestsAcrossCores) {
    House house(2, 3);
    std::vector<std::string> accounts;
    std::vector<int> on_shard(3);
    {
        RawClient client(house.endpoint());
        for (int n = 0; n < 8; ++n) {
            accounts.push_back("firm-" + std::to_string(n));
            ++on_shard[shard_of_account(accounts.back(), 3)];
            ASSERT_EQ(apply_small_roster(client, accounts.back()).outcome, Outcome::done);
        }
    }
    for (const int count : on_shard) EXPECT_GT(count, 0);
    std::vector<std::thread> talkers;
    for (int n = 0; n < 4; ++n)
        talkers.emplace_back([&, n] { talk(house.endpoint(), accounts, n); });
    for (auto& talker : talkers) talker.join();
}

}  // namespace
}  // namespace usher::net::testing
