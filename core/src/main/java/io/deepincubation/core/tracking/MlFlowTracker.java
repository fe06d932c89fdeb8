package io.deepincubation.core.tracking;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.deepincubation.core.inference.ModelExport;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run on an MLflow server: the recipe as parameters, each stage's numbers as metrics {@code
 * STAGE/NAME} by step, the report and the model as artifacts.
 *
 * <p>The MLflow run carries the run's key as a tag, by which a later process finds it. Points that
 * the server has are not sent again: it is asked for those of a stage once.
 */
final class MlFlowTracker implements Tracker {

  private static final String KEY = "deep-incubation.run";
  private static final String MODEL = "deep-incubation.sha256.";
  private static final String PROXIED = "mlflow-artifacts:";

  /** MLflow's limits of one request, and of a parameter's value. */
  private static final int METRICS_AT_ONCE = 1000;

  private static final int PARAMETERS_AT_ONCE = 100;
  private static final int LONGEST_PARAMETER = 500;
  private static final String HISTORY_AT_ONCE = "25000";

  /** All that MLflow's names may not hold. */
  private static final String OTHER_CHARACTERS = "[^\\w\\-. /]";

  private final MlFlowServer server;
  private final String experiment;
  private final RunFolder run;
  private final Function<String, Storage> storages;
  private final Map<String, Set<Long>> told = new HashMap<>();
  private JsonObject tracked = new JsonObject();

  /**
   * Shows a run.
   *
   * @param server that is asked
   * @param experiment the run's; made where there is none
   * @param run the run
   * @param storages opens folders of artifacts that the server does not take itself
   */
  MlFlowTracker(
      MlFlowServer server, String experiment, RunFolder run, Function<String, Storage> storages) {
    this.server = server;
    this.experiment = experiment;
    this.run = run;
    this.storages = storages;
  }

  @Override
  public void begin(RunRecord record) throws IOException, InterruptedException {
    String key = TrackedRun.key(run);
    String experimentId = experimentId();
    JsonObject found =
        server.post(
            "/runs/search",
            Map.of(
                "experiment_ids",
                List.of(experimentId),
                "filter",
                "tags.`" + KEY + "` = '" + key + "'",
                "max_results",
                1));
    JsonArray runs = list(found, "runs");
    tracked = runs.isEmpty() ? created(experimentId, key, record) : runs.get(0).getAsJsonObject();
    server.post("/runs/update", Map.of("run_id", id(), "status", "RUNNING"));
    tellParameters(record);
  }

  private String experimentId() throws IOException, InterruptedException {
    try {
      return named();
    } catch (MlFlowServer.RefusedException e) {
      if (!e.code().equals("RESOURCE_DOES_NOT_EXIST")) {
        throw e;
      }
    }
    try {
      return text(server.post("/experiments/create", Map.of("name", experiment)), "experiment_id");
    } catch (MlFlowServer.RefusedException e) {
      if (!e.code().equals("RESOURCE_ALREADY_EXISTS")) {
        throw e;
      }
      return named(); // Another run has made it in between.
    }
  }

  private String named() throws IOException, InterruptedException {
    JsonObject found =
        server.get("/experiments/get-by-name", Map.of("experiment_name", experiment));
    return text(found.getAsJsonObject("experiment"), "experiment_id");
  }

  private JsonObject created(String experimentId, String key, RunRecord record)
      throws IOException, InterruptedException {
    String folder = run.uri().replaceFirst("/+$", "");
    String name = record.recipeName() + " " + folder.substring(folder.lastIndexOf('/') + 1);
    var tags = new TreeMap<String, String>();
    tags.put(KEY, key);
    tags.put("deep-incubation.folder", run.uri());
    tags.put("mlflow.source.name", "deep-incubation");
    record.versions().forEach((what, version) -> tags.put("version." + what, version));
    return server
        .post(
            "/runs/create",
            Map.of(
                "experiment_id",
                experimentId,
                "run_name",
                name,
                "start_time",
                Instant.parse(record.createdAt()).toEpochMilli(),
                "tags",
                pairs(tags)))
        .getAsJsonObject("run");
  }

  private static List<Map<String, String>> pairs(Map<String, String> values) {
    return values.entrySet().stream()
        .map(value -> Map.of("key", value.getKey(), "value", value.getValue()))
        .toList();
  }

  /** MLflow's parameters never change: of a recipe that changed what is new is told. */
  private void tellParameters(RunRecord record) throws IOException, InterruptedException {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("data", record.dataUri());
    parameters.put("data-digest", record.dataDigest());
    leaves("", record.recipe(), parameters);
    list(data(), "params")
        .forEach(known -> parameters.remove(text(known.getAsJsonObject(), "key")));
    List<Map<String, String>> fresh = pairs(parameters);
    for (int i = 0; i < fresh.size(); i += PARAMETERS_AT_ONCE) {
      int end = Math.min(fresh.size(), i + PARAMETERS_AT_ONCE);
      server.post("/runs/log-batch", Map.of("run_id", id(), "params", fresh.subList(i, end)));
    }
  }

  private static void leaves(String prefix, Map<?, ?> tree, Map<String, String> into) {
    tree.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> group) {
            leaves(prefix + name + ".", group, into);
          } else {
            String text = value instanceof List<?> ? Json.line(value) : String.valueOf(value);
            into.put(prefix + name, text.substring(0, Math.min(LONGEST_PARAMETER, text.length())));
          }
        });
  }

  @Override
  public void live(String stage, List<Point> points) throws IOException, InterruptedException {
    try {
      tell(stage, points);
    } catch (IOException | InterruptedException e) {
      told.clear(); // Whether the server has them is not known.
      throw e;
    }
  }

  @Override
  public void committed(StageResult result, List<Point> points)
      throws IOException, InterruptedException {
    live(result.stage(), points);
  }

  private void tell(String stage, List<Point> points) throws IOException, InterruptedException {
    var metrics = new ArrayList<Map<String, Object>>();
    for (Point point : points) {
      if (steps(stage + "/" + point.name()).add(point.step())) {
        metrics.addAll(metrics(stage, point));
      }
    }
    for (int i = 0; i < metrics.size(); i += METRICS_AT_ONCE) {
      int end = Math.min(metrics.size(), i + METRICS_AT_ONCE);
      server.post("/runs/log-batch", Map.of("run_id", id(), "metrics", metrics.subList(i, end)));
    }
  }

  /** The point's first value, by which it is known to be told, comes last. */
  private static List<Map<String, Object>> metrics(String stage, Point point) {
    var metrics = new ArrayList<Map<String, Object>>();
    point
        .values()
        .forEach(
            (name, value) ->
                metrics.add(
                    0,
                    Map.of(
                        "key",
                        (stage + "/" + name).replaceAll(OTHER_CHARACTERS, "_"),
                        "value",
                        value,
                        "timestamp",
                        point.time().toEpochMilli(),
                        "step",
                        point.step())));
    return metrics;
  }

  /** The steps at which the server has a metric. */
  private Set<Long> steps(String metric) throws IOException, InterruptedException {
    Set<Long> known = told.get(metric);
    if (known == null) {
      known = history(metric);
      told.put(metric, known);
    }
    return known;
  }

  private Set<Long> history(String metric) throws IOException, InterruptedException {
    var steps = new HashSet<Long>();
    var query = new TreeMap<String, String>();
    query.put("run_id", id());
    query.put("metric_key", metric.replaceAll(OTHER_CHARACTERS, "_"));
    query.put("max_results", HISTORY_AT_ONCE);
    JsonObject page;
    do {
      page = server.get("/metrics/get-history", query);
      list(page, "metrics")
          .forEach(value -> steps.add(value.getAsJsonObject().get("step").getAsLong()));
      if (page.has("next_page_token")) {
        query.put("page_token", text(page, "next_page_token"));
      }
    } while (page.has("next_page_token"));
    return steps;
  }

  @Override
  public void end(RunEnd end) throws IOException, InterruptedException {
    if (end.done()) {
      keep(end.report());
      if (end.model() != null) {
        keep(end.model());
      }
    }
    server.post(
        "/runs/update",
        Map.of(
            "run_id",
            id(),
            "status",
            end.done() ? "FINISHED" : "FAILED",
            "end_time",
            Instant.now().toEpochMilli()));
  }

  private void keep(String report) throws IOException, InterruptedException {
    Path file = Files.createTempFile("deep-incubation-report", ".html");
    try {
      Files.writeString(file, report);
      keep("report.html", file);
    } finally {
      Files.delete(file);
    }
  }

  /** The model in the form of {@code export --format mlflow}, unless it is kept already. */
  private void keep(StageResult model) throws IOException, InterruptedException {
    String artifact = model.stage().equals(Stages.FINAL) ? "model" : model.stage();
    if (model.sha256().equals(tag(MODEL + artifact))) {
      return;
    }
    Path drafts = Files.createTempDirectory("deep-incubation-model");
    var folder = new LocalStorage(drafts);
    try {
      new ModelExport(ModelFolder.open(run.storage().folder(model.stage()))).mlflow(folder);
      for (String file : folder.list("")) {
        keep(artifact + "/" + file, drafts.resolve(file));
      }
    } finally {
      folder.delete("");
    }
    server.post(
        "/runs/set-tag", Map.of("run_id", id(), "key", MODEL + artifact, "value", model.sha256()));
  }

  /** Where the run's artifacts lie, the server takes them, or any file system does. */
  private void keep(String name, Path file) throws IOException, InterruptedException {
    String artifacts = text(tracked.getAsJsonObject("info"), "artifact_uri");
    if (artifacts.startsWith(PROXIED)) {
      String path = URI.create(artifacts).getPath().replaceFirst("^/+", "");
      server.put(path + "/" + name, file);
    } else {
      storages
          .apply(artifacts.replaceFirst("^s3:", "s3a:"))
          .write(name, stream -> Files.copy(file, stream));
    }
  }

  private @Nullable String tag(String key) {
    for (JsonElement tag : list(data(), "tags")) {
      if (text(tag.getAsJsonObject(), "key").equals(key)) {
        return text(tag.getAsJsonObject(), "value");
      }
    }
    return null;
  }

  private String id() {
    return text(tracked.getAsJsonObject("info"), "run_id");
  }

  private JsonObject data() {
    return tracked.has("data") ? tracked.getAsJsonObject("data") : new JsonObject();
  }

  private static JsonArray list(JsonObject json, String key) {
    return json.has(key) ? json.getAsJsonArray(key) : new JsonArray();
  }

  private static String text(JsonObject json, String key) {
    return json.get(key).getAsString();
  }
}
