package io.deepincubation.integration;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an HTTP server on the loopback and refuses some requests. The others pass
 * unchanged, but for {@code Connection: close}, so that a connection carries one request.
 */
public final class FaultyGateway implements AutoCloseable {

  /** What a request may be judged by. */
  public record Request(String method, String path) {}

  /** Which requests are refused, and how. */
  @FunctionalInterface
  public interface Rule {
    /** The refusal of a request, or nothing to let it pass. */
    Optional<Refusal> judge(Request request);
  }

  /** A refusal as S3 words it. */
  public enum Refusal {
    /** Come back later. */
    SLOW_DOWN("503 Slow Down", "SlowDown", "Please reduce your request rate."),
    /** These keys may not do that. */
    ACCESS_DENIED("403 Forbidden", "AccessDenied", "Access Denied");

    private final String status;
    private final String body;

    Refusal(String status, String code, String message) {
      this.status = status;
      body =
          String.format(
                  Locale.ROOT,
                  "<?xml version=\"1.0\""
                      + " encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>%s</Message>",
                  code,
                  message)
              + "<RequestId>1</RequestId></Error>";
    }

    private byte[] answer() {
      return ("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nContent-Length: ")
          .concat(body.length() + "\r\nConnection: close\r\n\r\n" + body)
          .getBytes(ISO_8859_1);
    }
  }

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MOST_HEAD_BYTES = 1 << 16;
  private static final int LINGER_MILLIS = 1_000;

  private final int targetPort;
  private final ServerSocket server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            var thread = new Thread(work, "gateway");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile Rule rule = request -> Optional.empty();

  /** Listens on a free port for requests to another port. */
  public FaultyGateway(int targetPort) {
    this.targetPort = targetPort;
    try {
      server = new ServerSocket(Ports.free(), 512, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on the loopback", e);
    }
    threads.execute(this::accept);
  }

  /** Lets everything pass. */
  public static Rule passAll() {
    return request -> Optional.empty();
  }

  /** Refuses a share of requests, drawn one after the other from a seed. */
  public static Rule refuseShare(double share, long seed) {
    var random = new Random(seed);
    return request -> {
      synchronized (random) {
        return random.nextDouble() < share ? Optional.of(Refusal.SLOW_DOWN) : Optional.empty();
      }
    };
  }

  /** Refuses everything for a time from now on, then goes by another rule. */
  public static Rule refuseAllFor(Duration time, Rule after) {
    long end = System.nanoTime() + time.toNanos();
    return request ->
        System.nanoTime() < end ? Optional.of(Refusal.SLOW_DOWN) : after.judge(request);
  }

  /** Refuses to change anything. */
  public static Rule refuseWrites() {
    return request ->
        request.method().equals("GET") || request.method().equals("HEAD")
            ? Optional.empty()
            : Optional.of(Refusal.ACCESS_DENIED);
  }

  /** Goes by a rule from now on. */
  public void rule(Rule next) {
    rule = next;
  }

  /** Requests refused so far. */
  public int refusals() {
    return refusals.get();
  }

  /** The port that it listens on. */
  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // closed, or a client that went away
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      Optional<String> head = head(client.getInputStream());
      if (head.isPresent()) {
        answer(client, head.get());
      }
    } catch (IOException e) {
      // either side went away; the client sees that by itself
    }
  }

  private void answer(Socket client, String head) throws IOException {
    String[] words = head.split(" ", 3);
    Optional<Refusal> refusal = rule.judge(new Request(words[0], words[1]));
    if (refusal.isPresent()) {
      refusals.incrementAndGet();
      refuse(client, refusal.get());
    } else {
      pass(client, head);
    }
  }

  /** Answers at once, then takes what the client still sends, so that it sees the answer. */
  private static void refuse(Socket client, Refusal refusal) throws IOException {
    client.getOutputStream().write(refusal.answer());
    client.shutdownOutput();
    client.setSoTimeout(LINGER_MILLIS);
    client.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private void pass(Socket client, String head) throws IOException {
    try (var target = new Socket(InetAddress.getLoopbackAddress(), targetPort)) {
      target.getOutputStream().write(closing(head).getBytes(ISO_8859_1));
      threads.execute(() -> forward(client, target));
      pump(target.getInputStream(), client.getOutputStream());
    }
  }

  private static void forward(Socket from, Socket to) {
    try {
      pump(from.getInputStream(), to.getOutputStream());
    } catch (IOException e) {
      // the answer is whole, or will be missed
    }
  }

  private static void pump(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
      to.flush();
    }
  }

  private static String closing(String head) {
    String others = head.replaceAll("(?i)\r\nConnection:[^\r]*", "");
    return others.substring(0, others.length() - 2) + "Connection: close\r\n\r\n";
  }

  /** The request line and the headers, to the empty line that ends them. */
  private static Optional<String> head(InputStream stream) throws IOException {
    var bytes = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int value = stream.read();
      if (value < 0 || bytes.size() > MOST_HEAD_BYTES) {
        return Optional.empty();
      }
      bytes.write(value);
      matched = value == "\r\n\r\n".charAt(matched) ? matched + 1 : value == '\r' ? 1 : 0;
    }
    return Optional.of(bytes.toString(ISO_8859_1));
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot stop listening", e);
    }
    threads.shutdownNow();
  }
}
