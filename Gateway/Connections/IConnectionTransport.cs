using System.IO.Pipelines;
using System.Net;

namespace Bayou.Gateway.Connections;

/// <summary>The two directions of a connection and the ways to end it.</summary>
internal interface IConnectionTransport : IOutboundTransport
{
    IPEndPoint? RemoteEndPoint { get; }

    PipeReader Input { get; }

    /// <summary>Makes a read that waits return at once. Any thread.</summary>
    void CancelRead();

    /// <summary>Ends the connection without writing anything more. Any thread.</summary>
    void Abort();
}
