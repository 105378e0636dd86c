using System.Globalization;

namespace Bayou.Gateway.Connections;

/// <summary>The number of one TCP connection, counted from 1 in this process; <c>cid</c> in monitoring.</summary>
public readonly record struct ConnectionId(ulong Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
