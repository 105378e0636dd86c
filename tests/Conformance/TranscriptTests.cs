using System.Globalization;
using Xunit;

namespace Bayou.Conformance;

/// <summary>Both servers get the same bytes and must give the same answer, byte for byte.</summary>
public sealed class TranscriptTests(ServerPair servers) : IClassFixture<ServerPair>
{
    public static TheoryData<int> StayingIndexes() => [.. Enumerable.Range(0, Transcripts.Staying.Length)];

    public static TheoryData<int> ClosingIndexes() => [.. Enumerable.Range(0, Transcripts.Closing.Length)];

    [Theory]
    [MemberData(nameof(StayingIndexes))]
    public async Task TranscriptThatKeepsTheConnection_IsAnsweredAsByTheOracle(int index)
    {
        string sent = Transcripts.Staying[index];
        string expected = await TalkAsync(await servers.OracleAsync(), sent);
        Assert.Equal(expected, await TalkAsync(await servers.GatewayAsync(), sent));
    }

    [Theory]
    [MemberData(nameof(ClosingIndexes))]
    public async Task TranscriptThatEndsTheConnection_IsAnsweredAsByTheOracle(int index)
    {
        string sent = Transcripts.Closing[index];
        string expected = await TalkToTheEndAsync(await servers.OracleAsync(), sent);
        Assert.Equal(expected, await TalkToTheEndAsync(await servers.GatewayAsync(), sent));
    }

    [Theory]
    [MemberData(nameof(StayingIndexes))]
    public async Task TranscriptByteByByte_IsAnsweredAsInOnePiece(int index)
    {
        TestServer gateway = await servers.GatewayAsync();
        string sent = Transcripts.Staying[index];
        string expected = await TalkAsync(gateway, sent);
        using RawClient client = await gateway.ConnectAsync();
        await client.TrickleAsync(sent);
        Assert.Equal(expected, await client.RoundTripAsync());
        await client.LeaveAsync();
    }

    [Theory]
    [MemberData(nameof(ClosingIndexes))]
    public async Task ClosingTranscriptByteByByte_IsAnsweredAsInOnePiece(int index)
    {
        TestServer gateway = await servers.GatewayAsync();
        string sent = Transcripts.Closing[index];
        string expected = await TalkToTheEndAsync(gateway, sent);
        using RawClient client = await gateway.ConnectAsync();
        await client.TrickleAsync(sent);
        Assert.Equal(expected, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task ManyOperationsInOneWrite_AreAnsweredInOrder()
    {
        const int Count = 20_000;
        TestServer gateway = await servers.GatewayAsync();
        string operations = string.Concat(Enumerable.Range(0, Count).Select(static i =>
            string.Create(CultureInfo.InvariantCulture, $"PUB a {i.ToString(CultureInfo.InvariantCulture).Length}\r\n{i}\r\n")));
        string expected = string.Concat(Enumerable.Range(0, Count).Select(static i =>
            string.Create(CultureInfo.InvariantCulture, $"MSG a 1 {i.ToString(CultureInfo.InvariantCulture).Length}\r\n{i}\r\n")));
        using RawClient client = await gateway.ConnectAsync();
        Assert.Equal(expected, await client.RoundTripAsync(RawClient.Quiet + "SUB a 1\r\n" + operations));
    }

    private static async Task<string> TalkAsync(TestServer server, string sent)
    {
        using RawClient client = await server.ConnectAsync();
        string answer = await client.RoundTripAsync(sent);
        await client.LeaveAsync();
        return answer;
    }

    private static async Task<string> TalkToTheEndAsync(TestServer server, string sent)
    {
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(sent);
        return await client.ReadToEndAsync();
    }
}
