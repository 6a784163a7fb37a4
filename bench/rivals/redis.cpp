// Redis 7: the state in its own structures, a Lua script for each request (route.lua, close.lua),
// called by hash. Pipelined, as its documentation recommends.
#include <hiredis/hiredis.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "bench/rivals/rival.h"

namespace usher::bench {

namespace {

Result<std::string> text_of(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    if (!file || text.str().empty()) return fault(ExitCode::io, "cannot read " + path);
    return text.str();
}

struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

class RedisConnection final : public RivalConnection {
  public:
    explicit RedisConnection(redisContext* context) : context_(context) {}
    ~RedisConnection() override { redisFree(context_); }
    RedisConnection(const RedisConnection&) = delete;
    RedisConnection& operator=(const RedisConnection&) = delete;

    Result<void> load(const std::string& scripts) {
        for (auto* const script : {&route_, &close_}) {
            const auto name = script == &route_ ? "/route.lua" : "/close.lua";
            const auto text = text_of(scripts + name);
            if (!text) return text.error();
            const Reply reply(static_cast<redisReply*>(
                redisCommand(context_, "SCRIPT LOAD %b", text->data(), text->size())));
            if (!reply || reply->type != REDIS_REPLY_STRING) return failed(reply.get());
            script->assign(reply->str, reply->len);
        }
        context_->flags &= ~REDIS_BLOCK;
        return {};
    }

    Result<void> route(const std::string& ticket, std::span<const std::uint32_t> skills) override {
        words_ = {"EVALSHA", route_, "3", "load", "tickets", "seq", ticket};
        for (const auto skill : skills) {
            const auto digits = std::to_string(skill);
            words_.push_back("skill:" + std::string(12 - digits.size(), '0') + digits);
        }
        return append();
    }

    Result<void> close(const std::string& ticket) override {
        words_ = {"EVALSHA", close_, "2", "load", "tickets", ticket};
        return append();
    }

    Result<bool> flush() override {
        int done = 0;
        if (redisBufferWrite(context_, &done) != REDIS_OK) return failed(nullptr);
        return done == 1;
    }

    Result<void> receive() override {
        if (redisBufferRead(context_) != REDIS_OK) return failed(nullptr);
        return {};
    }

    Result<bool> next_reply() override {
        void* raw = nullptr;
        if (redisGetReplyFromReader(context_, &raw) != REDIS_OK) return failed(nullptr);
        const Reply reply(static_cast<redisReply*>(raw));
        if (!reply) return false;
        // Both scripts answer with the agent; nobody, or no such ticket, is not expected here.
        if (reply->type != REDIS_REPLY_STRING) return failed(reply.get());
        return true;
    }

    int fd() const override { return context_->fd; }

  private:
    Result<void> append() {
        pointers_.clear();
        sizes_.clear();
        for (const auto& word : words_) {
            pointers_.push_back(word.data());
            sizes_.push_back(word.size());
        }
        const auto count = static_cast<int>(words_.size());
        if (redisAppendCommandArgv(context_, count, pointers_.data(), sizes_.data()) != REDIS_OK)
            return failed(nullptr);
        return {};
    }

    Fault failed(const redisReply* reply) const {
        const std::string why = reply != nullptr && reply->str != nullptr
                                    ? std::string(reply->str, reply->len)
                                    : std::string(context_->errstr);
        return fault(ExitCode::unavailable, "redis: " + (why.empty() ? "unexpected reply" : why));
    }

    redisContext* context_;
    std::string route_, close_;  ///< their hashes
    std::vector<std::string> words_;
    std::vector<const char*> pointers_;
    std::vector<std::size_t> sizes_;
};

}  // namespace

Result<std::unique_ptr<RivalConnection>> connect_redis(const std::string& address,
                                                       const std::string& scripts) {
    const auto colon = address.rfind(':');
    if (colon == std::string::npos)
        return fault(ExitCode::usage, "redis: the address is HOST:PORT, not '" + address + "'");
    auto* context =
        redisConnect(address.substr(0, colon).c_str(), std::atoi(address.c_str() + colon + 1));
    if (context == nullptr) return fault(ExitCode::unavailable, "redis: out of memory");
    auto connection = std::make_unique<RedisConnection>(context);
    if (context->err != 0)
        return fault(ExitCode::unavailable, std::string("redis: ") + context->errstr);
    if (auto loaded = connection->load(scripts); !loaded) return loaded.error();
    return std::unique_ptr<RivalConnection>(std::move(connection));
}

}  // namespace usher::bench
