using System.Reflection;
using Bayou.Gateway.Streaming;
using Bayou.Grains.Interfaces;
using Bayou.Grains.Interfaces.Identity;
using Bayou.Grains.Interfaces.Messages;
using Orleans;
using Xunit;

namespace Bayou.Unit.Gateway.Streaming;

public sealed class SessionCacheTests
{
    private static readonly ClientId Client = new("client");
    private static readonly SessionInfo Session = new(Client, new SessionEpoch(1), ConnId.FromBytes("conn"u8), "_INBOX.h");

    [Fact]
    public async Task AnswerThatIsOlderThanTheEndOfItsSession_IsNotKept()
    {
        var (cache, grain) = NewCache();
        var finding = cache.FindAsync(Client, TestContext.Current.CancellationToken);
        cache.Remove(Session);
        grain.Answer(Session);
        grain.Answer(null);

        Assert.Null(await finding);
        Assert.False(cache.TryFind("conn"u8, [], out _));
        Assert.False(cache.TryFind([], "client"u8, out _));
    }

    [Fact]
    public async Task EndOfAnotherSession_OnlyMeansOneMoreQuestion()
    {
        var (cache, grain) = NewCache();
        var finding = cache.FindAsync(Client, TestContext.Current.CancellationToken);
        cache.Remove(Session with { Client = new ClientId("other"), ConnId = ConnId.FromBytes("other"u8) });
        grain.Answer(Session);
        grain.Answer(Session);

        Assert.Equal(Session.Session, (await finding)!.Epoch);
        Assert.True(cache.TryFind("conn"u8, [], out _));
    }

    private static (SessionCache Cache, ClientGrainProxy Grain) NewCache()
    {
        var grain = DispatchProxy.Create<IClientGrain, ClientGrainProxy>();
        var factory = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
        ((FactoryProxy)factory).Grain = grain;
        return (new SessionCache(factory, static () => true, TimeProvider.System), (ClientGrainProxy)grain);
    }

    /// <summary>A session's grain that answers when the test wants it to.</summary>
    public class ClientGrainProxy : DispatchProxy
    {
        private readonly Queue<SessionInfo?> _answers = new();
        private TaskCompletionSource<SessionInfo?>? _asked;

        public void Answer(SessionInfo? answer)
        {
            if (_asked is { } asked)
            {
                _asked = null;
                asked.SetResult(answer);
            }
            else
            {
                _answers.Enqueue(answer);
            }
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IClientGrain.FindAsync), targetMethod!.Name);
            if (_answers.TryDequeue(out var answer))
            {
                return Task.FromResult(answer);
            }

            _asked = new TaskCompletionSource<SessionInfo?>();
            return _asked.Task;
        }
    }

    public class FactoryProxy : DispatchProxy
    {
        public IClientGrain? Grain { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
    }
}
