namespace Bayou.Gateway.Connections;

/// <summary>A parser of what clients send, whose limits can be changed while it is used.</summary>
internal interface IClientOperationParser : IOperationParser
{
    /// <summary>Has these limits hold from one of the next operations on. Any thread.</summary>
    void Limit(GatewayOptions options);
}
