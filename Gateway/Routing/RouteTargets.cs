using Bayou.Gateway.Routes;

namespace Bayou.Gateway.Routing;

/// <summary>The servers that one message goes to, each with the queue groups of which it is to choose a member. Used again and again.</summary>
internal sealed class RouteTargets
{
    private Target[] _targets = [];

    public int Count { get; private set; }

    public RouteConnection Route(int index) => _targets[index].Route!;

    /// <summary>Names of queue groups with single blanks between them; empty where only plain subscriptions want the message.</summary>
    public ReadOnlySpan<byte> QueueGroups(int index) => _targets[index].Names.AsSpan(0, _targets[index].NamesLength);

    public void Clear() => Count = 0;

    public void Add(RouteConnection route) => FindOrAdd(route);

    public void Add(RouteConnection route, ReadOnlySpan<byte> queueGroup)
    {
        ref Target target = ref FindOrAdd(route);
        int needed = target.NamesLength + 1 + queueGroup.Length;
        if (target.Names is null || target.Names.Length < needed) Array.Resize(ref target.Names, Math.Max(64, 2 * needed));
        if (target.NamesLength > 0) target.Names[target.NamesLength++] = (byte)' ';
        queueGroup.CopyTo(target.Names.AsSpan(target.NamesLength));
        target.NamesLength += queueGroup.Length;
    }

    private ref Target FindOrAdd(RouteConnection route)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_targets[i].Route, route)) return ref _targets[i];
        }

        if (Count == _targets.Length) Array.Resize(ref _targets, Math.Max(4, 2 * Count));
        ref Target added = ref _targets[Count++];
        added.Route = route;
        added.NamesLength = 0;
        return ref added;
    }

    private struct Target
    {
        public RouteConnection? Route;
        public byte[]? Names;
        public int NamesLength;
    }
}
