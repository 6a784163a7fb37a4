// Goal: names, numbers in C++ and numbers in the schema are the same thing three times.
#include "protocol/names.h"

#include <gtest/gtest.h>
#include <replies_generated.h>
#include <requests_generated.h>

#include <set>

namespace usher::testing {
namespace {

using namespace protocol;

/// Every value of the schema's enum has our name, and the way back leads to it.
template <class Ours, std::size_t n, class Wire, class Name, class Back>
void expect_same(const Wire (&values)[n], const char* (*wire_name)(Wire), Name name, Back back) {
    std::set<std::string_view> seen;
    for (const auto value : values) {
        const auto ours = static_cast<Ours>(value);
        EXPECT_EQ(name(ours), wire_name(value));
        EXPECT_EQ(back(name(ours)), ours);
        EXPECT_TRUE(seen.insert(name(ours)).second) << name(ours);
    }
    EXPECT_EQ(name(static_cast<Ours>(255)), "unknown");
    EXPECT_EQ(back("unknown"), std::nullopt);
    EXPECT_EQ(back(""), std::nullopt);
}

TEST(Names, AreThoseOfTheSchema) {
    expect_same<Reject>(wire::EnumValuesReject(), wire::EnumNameReject, reject_name, reject_of);
    expect_same<Outcome>(wire::EnumValuesOutcome(), wire::EnumNameOutcome, outcome_name,
                         outcome_of);
    expect_same<Reason>(wire::EnumValuesReason(), wire::EnumNameReason, reason_name, reason_of);
    expect_same<Verdict>(wire::EnumValuesVerdict(), wire::EnumNameVerdict, verdict_name,
                         verdict_of);
    expect_same<AvailabilityWhy>(wire::EnumValuesAvailabilityWhy(), wire::EnumNameAvailabilityWhy,
                                 availability_why_name, availability_why_of);
    expect_same<TicketType>(wire::EnumValuesTicketType(), wire::EnumNameTicketType,
                            ticket_type_name, ticket_type_of);
    expect_same<EventKind>(wire::EnumValuesEventKind(), wire::EnumNameEventKind, event_name,
                           event_of);
    expect_same<SentFrom>(wire::EnumValuesSentFrom(), wire::EnumNameSentFrom, sent_from_name,
                          sent_from_of);
    expect_same<ContactReplyKind>(wire::EnumValuesContactReplyKind(),
                                  wire::EnumNameContactReplyKind, contact_reply_kind_name,
                                  contact_reply_kind_of);
    expect_same<AvailabilitySetting>(wire::EnumValuesAvailabilitySetting(),
                                     wire::EnumNameAvailabilitySetting, availability_setting_name,
                                     availability_setting_of);
    for (const auto kind : wire::EnumValuesOwnerKind())
        EXPECT_EQ(owner_kind_name(static_cast<OwnerKind>(kind)), wire::EnumNameOwnerKind(kind));
}

// Refusals that no release gives yet keep their numbers, too.
TEST(Names, OfRefusalsToComeAreTaken) {
    EXPECT_EQ(reject_name(Reject::disk_full), "disk_full");
    EXPECT_EQ(static_cast<int>(Reject::disk_full), 52);
}

TEST(Names, OfVerbsAreThoseOfTheUnionInItsOrder) {
    ASSERT_EQ(static_cast<std::size_t>(wire::Body::MAX), verb_count);
    for (std::size_t i = 0; i < verb_count; ++i) {
        std::string_view in_schema = wire::EnumNameBody(static_cast<wire::Body>(i + 1));
        if (in_schema == "import_") in_schema = "import";  // flatc steps aside for the keyword
        EXPECT_EQ(verb_names()[i], in_schema);
        EXPECT_EQ(verb_of(verb_names()[i]), i);
    }
    EXPECT_EQ(verb_of("routes"), std::nullopt);
}

TEST(Names, OfVerbsFollowTheBody) {
    EXPECT_EQ(verb_name(Body{Hello{}}), "hello");
    EXPECT_EQ(verb_name(Body{ReplySent{}}), "reply");
    EXPECT_EQ(verb_name(Body{ChannelSwitch{}}), "channel");
    EXPECT_EQ(verb_name(Body{Tick{}}), "tick");
}

TEST(Names, TheSubjectIsTheTicketOrElseTheAgent) {
    Explain explain;
    explain.route.ticket = "T-1";
    EXPECT_EQ(subject_of(explain).ticket, "T-1");
    EXPECT_EQ(subject_of(ReplySent{"T-2", "anna"}).ticket, "T-2");
    EXPECT_EQ(subject_of(ReplySent{"T-2", "anna"}).agent, "");
    EXPECT_EQ(subject_of(GetAgent{"anna"}).agent, "anna");
    EXPECT_EQ(subject_of(Tickets{{OwnerKind::agent, "bo"}, {}, true, {}}).agent, "bo");
    EXPECT_EQ(subject_of(Tickets{{OwnerKind::team, "vip"}, {}, true, {}}).agent, "");
    EXPECT_EQ(subject_of(Backlog{"desk", {}}).ticket, "");
    EXPECT_EQ(subject_of(Ping{}).agent, "");
}

}  // namespace
}  // namespace usher::testing
