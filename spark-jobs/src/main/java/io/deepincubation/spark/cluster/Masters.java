package io.deepincubation.spark.cluster;

import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/** Addresses of masters, checked before Spark is asked to reach one. */
public final class Masters {

  private static final String NUMBER = "\\s*[1-9]\\d{0,5}\\s*";
  private static final Pattern KNOWN =
      Pattern.compile(
          "local|local\\[(\\*|%1$s)(,%1$s)?]|local-cluster\\[%1$s,%1$s,%1$s]|yarn|.+://.+"
              .replace("%1$s", NUMBER));
  private static final Pattern STANDALONE = Pattern.compile("spark://(.+)");
  private static final Pattern ADDRESS = Pattern.compile("(\\[.+]|[^:]+):(\\d{1,5})");

  /**
   * A place to connect to.
   *
   * @param host its name
   * @param port from 1
   */
  public record Address(String host, int port) {}

  private Masters() {}

  /**
   * Checks the form of the configured master.
   *
   * @throws UsageException if Spark could make nothing of it
   */
  public static void requireKnown(SparkConf conf) {
    String master = conf.get("spark.master", "local[*]");
    if (!KNOWN.matcher(master).matches()) {
      throw unknown(master);
    }
    standalone(master);
  }

  private static UsageException unknown(String master) {
    return new UsageException(
        "Cannot use --master "
            + master
            + ": expected local[N], local[*], spark://HOST:PORT, yarn or k8s://URL");
  }

  /**
   * The addresses of standalone masters; none of others.
   *
   * @throws UsageException if one is no host and port
   */
  public static List<Address> standalone(String master) {
    Matcher addresses = STANDALONE.matcher(master);
    return addresses.matches()
        ? Stream.of(addresses.group(1).split(",", -1)).map(each -> address(master, each)).toList()
        : List.of();
  }

  private static Address address(String master, String text) {
    Matcher address = ADDRESS.matcher(text);
    if (!address.matches() || Integer.parseInt(address.group(2)) > 0xFFFF) {
      throw unknown(master);
    }
    return new Address(address.group(1), Integer.parseInt(address.group(2)));
  }
}
