package io.hanok.e2e.support;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** How an attempt to open a TCP connection ends. */
public enum Reach {
  OPEN,
  /** Something answered that nobody listens. */
  REFUSED,
  /** Somebody on the way said that there is no way. */
  UNREACHABLE,
  /** Nobody answered anything. */
  SILENT;

  /** Tries to connect. */
  public static Reach of(String address, int port, Duration patience) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), Math.toIntExact(patience.toMillis()));
      return OPEN;
    } catch (SocketTimeoutException e) {
      return SILENT;
    } catch (NoRouteToHostException e) {
      return UNREACHABLE;
    } catch (ConnectException e) {
      return REFUSED;
    } catch (IOException e) {
      return UNREACHABLE;
    }
  }
}
