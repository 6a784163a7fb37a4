// PostgreSQL 15: a function for each request (postgres.sql), called by a prepared statement in
// libpq's pipeline mode, each in a transaction of its own.
#include <postgresql/libpq-fe.h>

#include <array>
#include <string>

#include "bench/rivals/rival.h"

namespace usher::bench {

namespace {

class PostgresConnection final : public RivalConnection {
  public:
    explicit PostgresConnection(PGconn* connection) : connection_(connection) {}
    ~PostgresConnection() override { PQfinish(connection_); }
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    Result<void> prepare() {
        for (const auto& [name, text] :
             {std::pair{"route", "SELECT route($1, $2::int[])"}, {"close", "SELECT close($1)"}}) {
            auto* result = PQprepare(connection_, name, text, 0, nullptr);
            const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
            PQclear(result);
            if (!good) return failed();
        }
        if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) != 1)
            return failed();
        return {};
    }

    Result<void> route(const std::string& ticket, std::span<const std::uint32_t> skills) override {
        std::string list = "{";
        for (const auto skill : skills)
            list += (list.size() > 1 ? "," : "") + std::to_string(skill);
        list += "}";
        const std::array<const char*, 2> values{ticket.c_str(), list.c_str()};
        return ask("route", values);
    }

    Result<void> close(const std::string& ticket) override {
        const std::array<const char*, 1> values{ticket.c_str()};
        return ask("close", values);
    }

    Result<bool> flush() override {
        const auto left = PQflush(connection_);
        if (left < 0) return failed();
        return left == 0;
    }

    Result<void> receive() override {
        if (PQconsumeInput(connection_) != 1) return failed();
        return {};
    }

    /// A request's results are its row, nothing, and the end of its transaction.
    Result<bool> next_reply() override {
        while (PQisBusy(connection_) == 0) {
            auto* result = PQgetResult(connection_);
            if (result == nullptr) {
                if (++empty_ > 1) return false;
                continue;
            }
            empty_ = 0;
            const auto status = PQresultStatus(result);
            const bool found = status == PGRES_TUPLES_OK && PQgetisnull(result, 0, 0) == 0;
            const std::string why = PQresultErrorMessage(result);
            PQclear(result);
            if (status == PGRES_PIPELINE_SYNC) return true;
            if (!found)
                return fault(ExitCode::unavailable,
                             "postgres: " + (why.empty() ? "nobody, or no such ticket" : why));
        }
        return false;
    }

    int fd() const override { return PQsocket(connection_); }

  private:
    Result<void> ask(const char* name, std::span<const char* const> values) {
        if (PQsendQueryPrepared(connection_, name, static_cast<int>(values.size()), values.data(),
                                nullptr, nullptr, 0) != 1 ||
            PQpipelineSync(connection_) != 1)
            return failed();
        return {};
    }

    Fault failed() const {
        return fault(ExitCode::unavailable,
                     std::string("postgres: ") + PQerrorMessage(connection_));
    }

    PGconn* connection_;
    int empty_ = 0;
};

}  // namespace

Result<std::unique_ptr<RivalConnection>> connect_postgres(const std::string& target) {
    auto* raw = PQconnectdb(target.c_str());
    auto connection = std::make_unique<PostgresConnection>(raw);
    if (PQstatus(raw) != CONNECTION_OK)
        return fault(ExitCode::unavailable, std::string("postgres: ") + PQerrorMessage(raw));
    if (auto prepared = connection->prepare(); !prepared) return prepared.error();
    return std::unique_ptr<RivalConnection>(std::move(connection));
}

}  // namespace usher::bench
