namespace Bayou.Gateway.Routes;

/// <summary>What becomes of a connection whose server has said who it is.</summary>
internal enum RouteVerdict
{
    /// <summary>It is the route to that server from now on.</summary>
    Registered,

    /// <summary>There is a route to that server, and it stays.</summary>
    Duplicate,

    /// <summary>This server dialed itself.</summary>
    Self,

    /// <summary>Another server has this server's name.</summary>
    DuplicateName,
}
