/*
 * A camera in PipeWire: three vertical stripes in one of several sizes, as YUYV at 15 frames per second. GStreamer's
 * pipewiresink cannot replace it: up to 0.3.65 it stops once its first consumer has disconnected, and WebKitGTK connects
 * several times until a camera is open.
 *
 * Usage: camera <name> <rrggbb> <rrggbb> <rrggbb> <width>x<height>...
 */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>

enum { FRAMES_PER_SECOND = 15, MAX_SIZES = 16, COLOURS = 3, STEPS = 16 };
/* Y, U, V. */
static const uint8_t WHITE[3] = {235, 128, 128};

struct camera {
    struct pw_main_loop *loop;
    struct pw_stream *stream;
    struct spa_source *timer;
    struct spa_hook listener;
    /* Y, U, V; ITU-R BT.601, limited range. */
    uint8_t colours[COLOURS][3];
    struct spa_rectangle size;
    /* Position of the white block at the bottom of the frame, in STEPS of its width. */
    uint32_t step;
};

static uint8_t clamped(double value) {
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)(value + 0.5);
}

static void to_yuv(const char *hex, uint8_t yuv[3]) {
    unsigned long rgb = strtoul(hex, NULL, 16);
    double r = (rgb >> 16) & 255, g = (rgb >> 8) & 255, b = rgb & 255;
    yuv[0] = clamped(16 + 0.257 * r + 0.504 * g + 0.098 * b);
    yuv[1] = clamped(128 - 0.148 * r - 0.291 * g + 0.439 * b);
    yuv[2] = clamped(128 + 0.439 * r - 0.368 * g - 0.071 * b);
}

/* Bytes per row: two per pixel, in pairs, and a multiple of four as in GStreamer's layout. */
static uint32_t stride_of(const struct camera *camera) {
    return (camera->size.width * 2 + 3) & ~3u;
}

/* Bytes per frame. */
static uint32_t frame_bytes(const struct camera *camera) {
    return stride_of(camera) * camera->size.height;
}

static void on_process(void *data) {
    struct camera *camera = data;
    struct pw_buffer *buffer = pw_stream_dequeue_buffer(camera->stream);
    if (buffer == NULL) return; /* The watcher has all of them. */
    struct spa_data *plane = &buffer->buffer->datas[0];
    uint32_t stride = stride_of(camera), width = camera->size.width, height = camera->size.height;
    if (plane->data == NULL || plane->maxsize < frame_bytes(camera)) {
        pw_stream_queue_buffer(camera->stream, buffer);
        return;
    }
    camera->step = (camera->step + 1) % STEPS;
    for (uint32_t y = 0; y < height; y++) {
        uint8_t *row = SPA_PTROFF(plane->data, y * stride, uint8_t);
        for (uint32_t x = 0; x < stride / 4; x++) {
            uint32_t stripe = SPA_MIN(2 * x * COLOURS / width, (uint32_t)COLOURS - 1);
            /* As in painted-devices.ts: the moving part is below the checked area. */
            bool block = y >= height * 94 / 100 && 2 * x * STEPS / width == camera->step;
            const uint8_t *yuv = block ? WHITE : camera->colours[stripe];
            const uint8_t pair[4] = {yuv[0], yuv[1], yuv[0], yuv[2]};
            memcpy(row + 4 * x, pair, sizeof(pair));
        }
    }
    plane->chunk->offset = 0;
    plane->chunk->size = frame_bytes(camera);
    plane->chunk->stride = stride;
    pw_stream_queue_buffer(camera->stream, buffer);
}

static void on_timeout(void *data, uint64_t expirations) {
    struct camera *camera = data;
    (void)expirations;
    pw_stream_trigger_process(camera->stream);
}

static void on_state_changed(void *data, enum pw_stream_state old, enum pw_stream_state state, const char *error) {
    struct camera *camera = data;
    (void)old;
    if (state == PW_STREAM_STATE_ERROR || state == PW_STREAM_STATE_UNCONNECTED) {
        fprintf(stderr, "camera: %s\n", error ? error : "unconnected");
        pw_main_loop_quit(camera->loop);
        return;
    }
    struct timespec now = {0, 1}, interval = {0, 1000000000 / FRAMES_PER_SECOND};
    bool streaming = state == PW_STREAM_STATE_STREAMING;
    pw_loop_update_timer(pw_main_loop_get_loop(camera->loop), camera->timer, streaming ? &now : NULL,
                         streaming ? &interval : NULL, false);
}

static void on_param_changed(void *data, uint32_t id, const struct spa_pod *param) {
    struct camera *camera = data;
    struct spa_video_info_raw format;
    if (param == NULL || id != SPA_PARAM_Format || spa_format_video_raw_parse(param, &format) < 0) return;
    camera->size = format.size;
    uint8_t memory[1024];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(memory, sizeof(memory));
    const struct spa_pod *buffers = spa_pod_builder_add_object(
        &builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers,
        SPA_PARAM_BUFFERS_buffers, SPA_POD_CHOICE_RANGE_Int(8, 2, 16),
        SPA_PARAM_BUFFERS_blocks, SPA_POD_Int(1),
        SPA_PARAM_BUFFERS_size, SPA_POD_Int(frame_bytes(camera)),
        SPA_PARAM_BUFFERS_stride, SPA_POD_Int(stride_of(camera)),
        SPA_PARAM_BUFFERS_dataType, SPA_POD_CHOICE_FLAGS_Int(1 << SPA_DATA_MemFd));
    pw_stream_update_params(camera->stream, &buffers, 1);
}

/*
 * The camera allocates its memory itself and passes it as file descriptors. Memory that PipeWire allocates for a node is
 * freed by the consumer's pipewiresrc while its frames are still in use (docs/upstream).
 */
static void on_add_buffer(void *data, struct pw_buffer *buffer) {
    struct camera *camera = data;
    struct spa_data *plane = &buffer->buffer->datas[0];
    uint32_t size = frame_bytes(camera);
    int fd = memfd_create("camera", MFD_CLOEXEC);
    void *memory = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, size) == 0)
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        perror("camera: memory for a picture");
        exit(1);
    }
    plane->type = SPA_DATA_MemFd;
    plane->flags = SPA_DATA_FLAG_READWRITE;
    plane->fd = fd;
    plane->mapoffset = 0;
    plane->maxsize = size;
    plane->data = memory;
}

static void on_remove_buffer(void *data, struct pw_buffer *buffer) {
    struct spa_data *plane = &buffer->buffer->datas[0];
    (void)data;
    munmap(plane->data, plane->maxsize);
    close((int)plane->fd);
}

static const struct pw_stream_events EVENTS = {
    PW_VERSION_STREAM_EVENTS,
    .process = on_process,
    .add_buffer = on_add_buffer,
    .remove_buffer = on_remove_buffer,
    .state_changed = on_state_changed,
    .param_changed = on_param_changed,
};

int main(int argc, char *argv[]) {
    struct camera camera = {0};
    uint8_t memory[8192];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(memory, sizeof(memory));
    const struct spa_pod *formats[MAX_SIZES];
    uint32_t count = 0;
    if (argc < 6) {
        fprintf(stderr, "usage: camera <name> <rrggbb> <rrggbb> <rrggbb> <width>x<height>...\n");
        return 2;
    }
    for (int index = 0; index < COLOURS; index++) to_yuv(argv[2 + index], camera.colours[index]);
    for (int index = 5; index < argc && count < MAX_SIZES; index++) {
        struct spa_rectangle size;
        if (sscanf(argv[index], "%ux%u", &size.width, &size.height) != 2) return 2;
        formats[count++] = spa_pod_builder_add_object(
            &builder, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat,
            SPA_FORMAT_mediaType, SPA_POD_Id(SPA_MEDIA_TYPE_video),
            SPA_FORMAT_mediaSubtype, SPA_POD_Id(SPA_MEDIA_SUBTYPE_raw),
            SPA_FORMAT_VIDEO_format, SPA_POD_Id(SPA_VIDEO_FORMAT_YUY2),
            SPA_FORMAT_VIDEO_size, SPA_POD_Rectangle(&size),
            SPA_FORMAT_VIDEO_framerate, SPA_POD_Fraction(&SPA_FRACTION(FRAMES_PER_SECOND, 1)));
    }
    pw_init(&argc, &argv);
    camera.loop = pw_main_loop_new(NULL);
    struct pw_loop *loop = pw_main_loop_get_loop(camera.loop);
    camera.timer = pw_loop_add_timer(loop, on_timeout, &camera);
    camera.stream = pw_stream_new_simple(
        loop, argv[1],
        pw_properties_new(PW_KEY_MEDIA_CLASS, "Video/Source", PW_KEY_MEDIA_ROLE, "Camera", PW_KEY_NODE_NAME, argv[1],
                          PW_KEY_NODE_DESCRIPTION, argv[1], NULL),
        &EVENTS, &camera);
    if (camera.stream == NULL) return 1;
    if (pw_stream_connect(camera.stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
                          PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_ALLOC_BUFFERS, formats, count) < 0)
        return 1;
    /* Exits by a signal, or when PipeWire ends. */
    pw_main_loop_run(camera.loop);
    return 1;
}
